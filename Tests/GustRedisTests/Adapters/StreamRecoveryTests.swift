#if Redis
import Gust
import GustHTTP
@testable import GustRedis
import GustTesting
import NIOCore
import Synchronization
import Testing

/// Sessions that clients continue on another server, out of a stream.
@Suite(.timeLimit(.minutes(2))) struct StreamRecoveryTests {
    private struct Return: Encodable, Sendable {
        let pid: String
        let offset: String?
    }

    /// The offset in the last argument of an event.
    private func offset(_ received: TestSocket.Received) throws -> String {
        guard case .event(_, let arguments, _) = received, let last = arguments.last else {
            throw TestError.unexpected("\(received)")
        }
        return String(last.dropFirst().dropLast())
    }

    @Test func `a client that returns on another server gets what it missed, once and in order`() async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, .streams, on: redis, recovers: true) { nodes async throws in
            let socket = try await nodes[0].client.open()
            let pid = try #require(socket.pid)
            _ = try await socket.emitWithAcknowledgement("join", "r")
            nodes[1].io.emit("first")
            let last = try offset(try await socket.next())
            try await socket.drop()
            nodes[1].io.emit("second")
            nodes[1].io.to("r").emit("third")
            nodes[1].io.to("other").emit("never")
            nodes[1].io.to(socket.id).emit("fourth")
            let again = try await nodes[1].client.open(auth: Return(pid: pid, offset: last))
            #expect(again.id == socket.id)
            for name in ["second", "third", "fourth"] {
                guard case .event(let received, _, _) = try await again.next() else {
                    Issue.record("no event")
                    return
                }
                #expect(received == name)
            }
            nodes[0].io.to("r").emit("fifth")
            guard case .event("fifth", _, _) = try await again.next() else {
                Issue.record("no event")
                return
            }
        }
    }

    @Test func `a client whose server doesn't know that it is gone is taken over`() async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, .streams, on: redis, recovers: true) { nodes async throws in
            let socket = try await nodes[0].client.open()
            let pid = try #require(socket.pid)
            nodes[0].io.emit("first")
            let last = try offset(try await socket.next())
            let again = try await nodes[1].client.open(auth: Return(pid: pid, offset: last))
            #expect(again.id == socket.id)
            while await nodes[0].io.everybody.fetchSockets().sockets.count > 1 { await Task.yield() }
        }
    }

    @Test(arguments: [true, false])
    func `an event before a leave or a disconnect reaches the members on all servers`(disconnects: Bool) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, .streams, on: redis, recovers: true) { nodes async throws in
            for round in 0..<10 {
                let sockets = try await nodes.open()
                for socket in sockets { _ = try await socket.emitWithAcknowledgement("join", "r\(round)") }
                let room = nodes[0].io.to("r\(round)")
                room.emit("last", round)
                if disconnects { room.disconnect() } else { room.leave("r\(round)") }
                room.emit("never")
                // Sockets that are disconnected don't get it, but those of the next round could.
                if !disconnects { nodes[0].io.emit("end", round) }
                for socket in sockets {
                    let first = try await socket.next()
                    guard case .event("last", _, _) = first else {
                        Issue.record("the event before the operation is missing: \(first)")
                        return
                    }
                    let next = try await socket.next()
                    if disconnects {
                        #expect(next == .disconnected)
                    } else {
                        guard case .event("end", _, _) = next else {
                            Issue.record("\(next)")
                            return
                        }
                        try await socket.close()
                    }
                }
            }
        }
    }

    @Test(arguments: ["1-1", "x", "99999999999999999999-0", ""])
    func `a forged offset gets a new socket`(offset: String) async throws {
        let redis = try await RedisServerProcess()
        try await RedisNodes.with(2, .streams, on: redis, recovers: true) { nodes async throws in
            let socket = try await nodes[0].client.open()
            let pid = try #require(socket.pid)
            try await socket.drop()
            let again = try await nodes[1].client.open(auth: Return(pid: pid, offset: offset))
            #expect(again.id != socket.id)
        }
    }

    @Test func `no message is lost while Redis is killed and started again`() async throws {
        let redis = try await RedisServerProcess(["--appendonly", "yes", "--appendfsync", "always"])
        try await RedisNodes.with(2, .streams, on: redis) { nodes async throws in
            let socket = try await nodes[1].client.open()
            let events = EventLog(nodes[0].redis)
            let total = 2_000
            for number in 0..<total / 2 { nodes[0].io.emit("n", number) }
            redis.stop()
            for number in total / 2..<total { nodes[0].io.emit("n", number) }
            await events.next { if case .lost(.commands, _) = $0 { true } else { false } }
            try redis.start()
            for number in 0..<total { #expect(try await socket.next() == .event("n", ["\(number)"])) }
            #expect(nodes[0].traffic.lostCount == 0)
        }
    }

    @Test func `the stream of a namespace is chosen by the hash of the reference adapter`() {
        var options = RedisStreamsAdapter.Options()
        #expect(options.streamName(of: "/") == "socket.io")
        options.streamCount = 3
        // 47 mod 3; "/a" is 47 · 31 + 97 = 1554.
        #expect(options.streamName(of: "/") == "socket.io-2")
        #expect(options.streamName(of: "/a") == "socket.io-0")
    }
}
#endif
