#if Redis
import Gust
import GustCluster
import GustRedis
import GustTesting
import NIOCore
import Synchronization
import Testing

/// The operations of a cluster over each adapter, with a real Redis and real sockets.
@Suite(.timeLimit(.minutes(2))) struct RedisClusterTests {
    typealias Kind = RedisNodes.Kind

    @Test(arguments: Kind.allCases)
    func `an event to everybody reaches the sockets of all servers once, in order`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(3, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            nodes[0].io.emit("news", "e\u{301}", ByteBuffer(bytes: [1, 2]))
            nodes[0].io.emit("last")
            for socket in sockets {
                let arguments = ["\"e\u{301}\"", #"{"_placeholder":true,"num":0}"#]
                #expect(try await socket.next() == .event("news", arguments, attachments: [ByteBuffer(bytes: [1, 2])]))
                #expect(try await socket.next() == .event("last", []))
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `rooms and exclusions select the sockets of all servers`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open() + (try await nodes.open())
            for (socket, room) in zip(sockets, ["red", "blue", "muted", "red"]) {
                _ = try await socket.emitWithAcknowledgement("join", room)
            }
            _ = try await sockets[3].emitWithAcknowledgement("join", "muted")
            // In sharded mode the subscription to a room is on its way for a moment; operations for all nodes come after it.
            _ = await nodes[0].io.to("blue").fetchSockets()
            nodes[0].io.to("red", "blue").except("muted").emit("x")
            nodes[0].io.to("muted").emit("end")
            nodes[0].io.emit("end")
            #expect(try await sockets[0].next() == .event("x", []))
            #expect(try await sockets[1].next() == .event("x", []))
            #expect(try await sockets[2].next() == .event("end", []))
            #expect(try await sockets[3].next() == .event("end", []))
        }
    }

    @Test(arguments: Kind.allCases)
    func `the sockets of all servers join, leave and are disconnected`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            nodes[0].io.everybody.join("a", "b")
            while await nodes[0].io.to("b").fetchSockets().sockets.count < 2 { await Task.yield() }
            nodes[1].io.everybody.leave("b")
            while await nodes[0].io.to("b").fetchSockets().sockets.count > 0 { await Task.yield() }
            #expect(await nodes[1].io.to("a").fetchSockets().sockets.count == 2)
            nodes[1].io.to("a").disconnect()
            for socket in sockets { #expect(try await socket.next() == .disconnected) }
        }
    }

    @Test(arguments: Kind.allCases)
    func `the sockets of all servers are fetched with their rooms and data`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            let found = await nodes[0].io.everybody.fetchSockets()
            #expect(found.silentNodes.isEmpty)
            #expect(Set(found.sockets.map(\.id)) == Set(sockets.map(\.id)))
            #expect(Set(found.sockets.map { $0.data[SocketDataKey<Int>("number")] }) == [0, 1])
            #expect(found.sockets.allSatisfy { $0.snapshot.target.hasPrefix("/socket.io/?EIO=4") })
        }
    }

    @Test(arguments: Kind.allCases)
    func `the acknowledgements of the sockets of all servers are collected`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(3, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            let replies = try nodes[1].io.everybody.emitWithAcknowledgement("ask", 7)
            for (number, socket) in sockets.enumerated() {
                #expect(try await socket.next() == .event("ask", ["7"]))
                try await socket.acknowledge(number)
            }
            let answers = try await replies.all()
            #expect(Set(try answers.map { try $0.decode(Int.self, at: 0) }) == [0, 1, 2])
        }
    }

    @Test(arguments: Kind.allCases)
    func `a socket that doesn't acknowledge in time is a failure, and its server isn't silent`(kind: Kind) async throws
    {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            let replies = try nodes[0].io.everybody.emitWithAcknowledgement("ask", timeout: .milliseconds(500))
            _ = try await sockets[0].next()
            try await sockets[0].acknowledge("yes")
            let error = try await #require(throws: BroadcastError.self) { try await replies.all() }
            #expect(error.replies.count == 1)
            #expect(error.failures.count == 1)
            #expect(error.silentNodes.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func `the other servers answer events between servers`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(3, kind, on: redis) { nodes async throws in
            let result = try await nodes[0].io["/"].serverSideEmitWithAcknowledgement("number", 10)
            #expect(Set(try result.replies.map { try $0.decode(Int.self, at: 0) }) == [11, 12])
            #expect(result.silentNodes.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func `the servers are counted right after the start and after the end of one`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            #expect(await nodes[0].io["/"].serverCount() == 2)
            await nodes[1].redis.close()
            while await nodes[0].io["/"].serverCount() > 1 { await Task.yield() }
            // Nobody is awaited.
            #expect(await nodes[0].io.everybody.fetchSockets().silentNodes.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func `a server alone is counted before it has subscribed`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(1, kind, on: redis) { nodes async throws in
            #expect(await nodes[0].io["/"].serverCount() == 1)
            #expect(try await nodes[0].io["/"].serverSideEmitWithAcknowledgement("number", 1).replies.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func `garbage on the bus is counted and ignored`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            let client = redis.client()
            let garbage = ["", "{", "\u{0}", "[1]", String(repeating: "\u{91}", count: 1_000), #"{"type":3}"#]
            for text in garbage {
                switch kind {
                case .classic:
                    for channel in ["socket.io#/#", "socket.io-request#/#", "socket.io-response#/#"] {
                        _ = try await client.send(RedisCommand("PUBLISH", channel, text))
                    }
                case .sharded: _ = try await client.send(RedisCommand("SPUBLISH", "socket.io#/#", text))
                case .streams:
                    _ = try await client.send(RedisCommand("PUBLISH", "socket.io#/#", text))
                    _ = try await client.send(RedisCommand("XADD", "socket.io", "*", "nsp", "/", "x", text))
                    let fields = ["uid", "x", "nsp", "/", "type", "3", "data", text]
                    var command = RedisCommand("XADD", "socket.io", "*")
                    for field in fields { command.append(field) }
                    _ = try await client.send(command)
                }
            }
            nodes[0].io.emit("x")
            for socket in sockets { #expect(try await socket.next() == .event("x", [])) }
            #expect(nodes[1].traffic.malformedCount >= garbage.count)
            #expect(nodes[1].errors.all.count >= garbage.count)
            await client.close()
        }
    }

    @Test(arguments: Kind.allCases)
    func `a paused Redis ends requests at their deadline, with what this server has`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            redis.pause()
            let found = await nodes[0].io.everybody.fetchSockets(timeout: .milliseconds(200))
            #expect(found.sockets.map(\.id) == [sockets[0].id])
            redis.resume()
            while await nodes[0].io.everybody.fetchSockets().sockets.count < 2 { await Task.yield() }
        }
    }

    @Test(arguments: [Kind.classic, .sharded])
    func `what Redis doesn't take is counted and reported, and delivery goes on when it is back`(
        kind: Kind
    ) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            let events = EventLog(nodes[0].redis)
            _ = try await nodes[0].redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
            _ = try await nodes[0].redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
            redis.stop()
            await events.next { if case .lost(.commands, _) = $0 { true } else { false } }
            try redis.start()
            for node in nodes.nodes {
                while await node.io["/"].serverCount() < 2 { await Task.yield() }
            }
            nodes[0].io.emit("again")
            #expect(try await sockets[1].next() == .event("again", []))
        }
    }

    @Test func `a second server of the process doesn't share a namespace of the adapter`() async throws {
        let redis = try await RedisServerProcess()
        let client = redis.client()
        let adapter = RedisAdapter(client)
        var settings = SocketIOSettings()
        settings.adapter = adapter.adapter(for:)
        let (first, second) = (SocketIO(settings), SocketIO(settings))
        let errors = RedisNodes.Errors()
        second.onError { error, _, _ in errors.add(error) }
        _ = first["/"]
        _ = second["/"]
        #expect(errors.all.count == 1)
        #expect(errors.all.first?.contains("share an adapter") == true)
        await client.close()
    }

    @Test(arguments: Kind.allCases)
    func `an emitter without a server reaches the sockets of all servers`(kind: Kind) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, kind, on: redis) { nodes async throws in
            let sockets = try await nodes.open()
            let client = redis.client()
            let emitter =
                switch kind {
                case .classic: RedisEmitter(RedisAdapter(client))
                case .sharded: RedisEmitter(RedisShardedAdapter(client))
                case .streams: RedisEmitter(RedisStreamsAdapter(client))
                }
            try await emitter.emit("news", 1)
            for socket in sockets { #expect(try await socket.next() == .event("news", ["1"])) }
            try await emitter.join("lobby")
            while await nodes[0].io.to("lobby").fetchSockets().sockets.count < 2 { await Task.yield() }
            try await emitter.to("lobby").except(sockets[0].id).emit("private", ByteBuffer(bytes: [7]))
            let arguments = [#"{"_placeholder":true,"num":0}"#]
            #expect(
                try await sockets[1].next() == .event("private", arguments, attachments: [ByteBuffer(bytes: [7])])
            )
            try await emitter.to("lobby").disconnect()
            for socket in sockets { #expect(try await socket.next() == .disconnected) }
            await #expect(throws: RedisEmitterError.reservedName) { try await emitter.emit("connect") }
            await client.close()
        }
    }
}
#endif
