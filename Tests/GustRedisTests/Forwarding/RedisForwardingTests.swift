#if Redis
import Gust
import GustForwarding
import GustHTTP
import GustRedis
import GustTesting
import Logging
import NIOCore
import Testing

/// The directory of nodes and the bus on a real server, and forwarding over both.
@Suite(.timeLimit(.minutes(2))) struct RedisForwardingTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `a node is in the directory until it withdraws or its lifetime is over`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let directory = RedisNodeDirectory(client)
        #expect(try await directory.address(of: "aaaa") == nil)
        for address in [
            NodeAddress.tcp(host: "10.0.0.5", port: 7_000), .tcp(host: "::1", port: 1), .unixSocket(path: "/run/a b"),
            .bus,
        ] {
            try await directory.announce(address, of: "aaaa", for: .seconds(30))
            #expect(try await directory.address(of: "aaaa") == address)
        }
        let remaining = try await client.send(RedisCommand("PTTL", "gust:node:aaaa")).integer ?? 0
        #expect((20_000...30_000).contains(remaining))
        try await directory.withdraw("aaaa")
        #expect(try await directory.address(of: "aaaa") == nil)
        try await directory.announce(.bus, of: "bbbb", for: .milliseconds(1))
        while try await directory.address(of: "bbbb") != nil { await Task.yield() }
        await client.close()
        withExtendedLifetime(server) {}
    }

    @Test func `a node is in the directory again when Redis has forgotten it`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let directory = RedisNodeDirectory(client)
        try await directory.announce(.bus, of: "aaaa", for: .seconds(30))
        try await directory.announce(.bus, of: "bbbb", for: .seconds(30))
        try await directory.withdraw("bbbb")
        server.stop()
        try server.start()
        var address: NodeAddress?
        while address == nil {
            // Redis may still be away.
            do { address = try await directory.address(of: "aaaa") } catch { await Task.yield() }
        }
        #expect(address == .bus)
        #expect(try await directory.address(of: "bbbb") == nil)
        await client.close()
    }

    @Test(arguments: [
        "", "bus x", "tcp 0 a", "tcp 70000 a", "tcp 1", "tcp 1 a b", "tcp one a", "unix ", "unix", "udp 1 a", "bus\n",
    ])
    func `an entry that is no address is none`(text: String) async throws {
        #expect(NodeAddress(text: text) == nil)
    }

    @Test func `a message for all nodes reaches the others, and one for a node reaches that one`() async throws {
        let server = try await RedisServerProcess()
        let (first, second) = (server.client(), server.client())
        let (a, b) = (RedisBus(first), RedisBus(second))
        let (heardByA, toA) = AsyncStream.makeStream(of: ByteBuffer.self)
        let (heardByB, toB) = AsyncStream.makeStream(of: ByteBuffer.self)
        a.join("c*", as: "node a") { toA.yield($0) }
        b.join("c*", as: "node b") { toB.yield($0) }
        while try await Set(a.otherNodes(on: "c*", than: "x")) != ["node a", "node b"] { await Task.yield() }
        #expect(try await a.otherNodes(on: "c*", than: "node a") == ["node b"])
        #expect(try await a.otherNodes(on: "cd", than: "node a") == [])
        try a.publish(ByteBuffer(string: "to all"), on: "c*", from: "node a")
        try a.send(ByteBuffer(string: "to b"), to: "node b", on: "c*")
        try b.send(ByteBuffer(string: "to a"), to: "node a", on: "c*")
        var atA = heardByA.makeAsyncIterator()
        var atB = heardByB.makeAsyncIterator()
        #expect(await atB.next() == ByteBuffer(string: "to all"))
        #expect(await atB.next() == ByteBuffer(string: "to b"))
        #expect(await atA.next() == ByteBuffer(string: "to a"))
        a.leave("c*", as: "node a")
        while try await b.otherNodes(on: "c*", than: "node b") != [] { await Task.yield() }
        await first.close()
        await second.close()
        // Redis ends with its object, which nothing else uses.
        withExtendedLifetime(server) {}
    }

    @Test(arguments: [NodeAddress.tcp(host: "127.0.0.1", port: 0), .bus])
    func `a client whose requests reach another node finds its session, by way of Redis`(
        address: NodeAddress
    ) async throws {
        let server = try await RedisServerProcess()
        let clients = [server.client(), server.client()]
        let nodes = try clients.map { client in
            try SessionForwarding(
                secret: "a secret of the tests",
                directory: RedisNodeDirectory(client),
                at: address,
                bus: RedisBus(client),
                logger: Self.quiet
            )
        }
        let routers = try nodes.map { forwarding in
            var settings = SocketIOSettings()
            settings.forwarding = forwarding
            let io = SocketIO(settings, logger: Self.quiet)
            io.onConnect { socket in socket.on("echo") { (text: String) in socket.emit("echo", text) } }
            var app = Application(logger: Self.quiet)
            app.add(io.routes())
            return try app.router()
        }
        try await TestClient.with(routers[0], at: .tcp) { first in
            try await TestClient.with(routers[1], at: .tcp) { second async throws in
                let greeting = try await first.get("/socket.io/?EIO=4&transport=polling").text
                let sid = try #require(greeting.split(separator: "\"").dropFirst(3).first)
                let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
                // The subscriptions of the bus may not be confirmed yet; a session isn't affected by that.
                var answer = try await second.post(path, body: "40")
                for _ in 0..<20 where answer.text != "ok" { answer = try await second.post(path, body: "40") }
                try #require(answer.text == "ok")
                #expect(try await second.get(path).text.hasPrefix("40"))
                let text = String(repeating: "long ", count: 100_000)
                #expect(try await second.post(path, body: "42[\"echo\",\"\(text)\"]").text == "ok")
                #expect(try await second.get(path).text == "42[\"echo\",\"\(text)\"]")
                let webSocket = try await second.webSocket("/socket.io/?EIO=4&transport=websocket&sid=\(sid)")
                try await webSocket.send("2probe")
                #expect(try await webSocket.next() == .text("3probe"))
                #expect(nodes[1].statistics.forwarded >= 5)
            }
        }
        for client in clients { await client.close() }
        withExtendedLifetime(server) {}
    }
}
#endif
