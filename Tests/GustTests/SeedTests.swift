import Gust
import GustSeed
import GustTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Applications in the style of SocketTornad.IO: routes of handlers, settings, and one server that starts everything.
@Suite(.leavesNothing) struct SeedTests {
    /// Sends the route's captures to the client.
    private struct Telling: SocketIOHandler {
        let socket: Socket
        func onOpen(_ captures: Captures) throws {
            let names = ["extra", "sec_a", "sec_b"].map { captures[$0] ?? "-" }
            let unnamed = (0..<4).compactMap { captures[$0] }
            send("\(names) \(unnamed)")
        }
        func onMessage(_ message: Message) { send(message) }
    }

    @Test(arguments: ClientProfile.all)
    func `a route of SocketTornad.IO's form gives all its captures`(profile: ClientProfile) async throws {
        var app = Application()
        app.add(Telling.routes("echoTest", extraRE: "(?P<sec_a>123)(?P<sec_b>.*)", extraSep: "/"))
        let client = TestClient(try app.router())
        let socket = try await client.open(profile, at: "/echoTest/123a/b")
        guard case .text(let told) = try await socket.nextMessage() else { throw TestError.closed }
        #expect(told.hasPrefix(#"["123a/b", "123", "a/b"]"#))
    }

    @Test(
        arguments: ClientProfile.all,
        ["0", "1", "websocket", "htmlfile", "xhr-polling"]
    )
    func `an extra part that looks like a part of a generation's path is still the extra part`(
        profile: ClientProfile,
        room: String
    ) async throws {
        var app = Application()
        app.add(Telling.routes("live", extraRE: "[a-z0-9-]+"))
        let client = TestClient(try app.router())
        let socket = try await client.open(profile, at: "/live/\(room)")
        #expect(try await socket.nextMessage() == .text(#"["\#(room)", "-", "-"] []"#))
        try await socket.send("x")
        #expect(try await socket.nextMessage() == .text("x"))
    }

    @Test(arguments: ClientProfile.all)
    func `a path without a required extra part doesn't match the endpoint`(profile: ClientProfile) async throws {
        var app = Application()
        app.add(Telling.routes("live", extraRE: "[a-z0-9-]+"))
        let client = TestClient(try app.router())
        await #expect(throws: TestError.self) { try await client.open(profile, at: "/live") }
        #expect(try await client.get("/live/?EIO=4&transport=polling").status == .notFound)
        #expect(try await client.get("/live?EIO=4&transport=polling").status == .notFound)
        #expect(try await client.get("/live/1/").status == .badRequest)
    }

    @Test(arguments: ClientProfile.all)
    func `unnamed groups of an extra part are captures in order`(profile: ClientProfile) async throws {
        var app = Application()
        app.add(Telling.routes("numbers", extraRE: #"(\d+)-(\d+)"#))
        let client = TestClient(try app.router())
        let socket = try await client.open(profile, at: "/numbers/12-34")
        #expect(try await socket.nextMessage() == .text(##"["12-34", "-", "-"] ["12", "34"]"##))
    }

    @Test func `an extra part that is already a group with its name isn't wrapped again`() async throws {
        var app = Application()
        app.add(Telling.routes("a", extraRE: "(?P<extra>[a-z]+)"))
        let client = TestClient(try app.router())
        let socket = try await client.open("/a/xyz", over: .xhrPolling, speaking: .socketIO06)
        #expect(try await socket.nextMessage() == .text(#"["xyz", "-", "-"] []"#))
    }

    @Test func `a resource can be an expression`() async throws {
        var app = Application()
        app.add(Telling.routes(matching: "chat-[a-z]{2}"))
        let client = TestClient(try app.router())
        let socket = try await client.open("/chat-de", over: .htmlFile, speaking: .socketIO09)
        try await socket.send("x")
        _ = try await socket.nextMessage()
        #expect(try await socket.nextMessage() == .text("x"))
        #expect(try await client.get("/chat-d/1/").status == .notFound)
    }

    @Test func `one server can have 100 resources`() async throws {
        var app = Application()
        for number in 0..<100 { app.add(Telling.routes("resource\(number)")) }
        let client = TestClient(try app.router())
        for number in stride(from: 0, to: 100, by: 7) {
            let profile = ClientProfile.all[number % ClientProfile.all.count]
            let socket = try await client.open(profile, at: "/resource\(number)")
            _ = try await socket.nextMessage()
            try await socket.send("\(number)")
            #expect(try await socket.nextMessage() == .text("\(number)"))
        }
    }

    @Test func `protocols that the application doesn't enable are refused on all its endpoints`() async throws {
        let app = Application([Telling.routes("echo")], enabledProtocols: [.websocket, .xhrPolling])
        let client = TestClient(try app.router())
        for profile in ClientProfile.all {
            let isEnabled = [.webSocket, .xhrPolling, .polling, .base64Polling, .jsonp, .upgrade].contains(
                profile.transport
            )
            if isEnabled {
                _ = try await client.open(profile, at: "/echo")
            } else {
                await #expect(throws: TestError.self, "\(profile)") { try await client.open(profile, at: "/echo") }
            }
        }
    }

    @Test(arguments: SocketIOProtocol.allCases)
    func `a protocol that is enabled alone is the only one of 0.6`(enabled: SocketIOProtocol) async throws {
        let app = Application([Telling.routes("echo")], enabledProtocols: [enabled])
        let client = TestClient(try app.router())
        for transport in ClientTransport.all(of: .socketIO06) {
            if transport.rawValue == enabled.rawValue {
                _ = try await client.open("/echo", over: transport, speaking: .socketIO06)
            } else {
                await #expect(throws: TestError.self) {
                    try await client.open("/echo", over: transport, speaking: .socketIO06)
                }
            }
        }
    }

    @Test func `the names of the protocols are those of SocketTornad.IO`() {
        let names = ["websocket", "flashsocket", "xhr-multipart", "xhr-polling", "jsonp-polling", "htmlfile"]
        let protocols: [SocketIOProtocol] = [
            .websocket, .flashsocket, .xhrMultipart, .xhrPolling, .jsonpPolling, .htmlfile,
        ]
        #expect(protocols.map(\.rawValue) == names)
    }

    /// Sends the name of the transport to the client.
    private struct Naming: SocketIOHandler {
        let socket: Socket
        func onMessage(_ message: Message) { send("over \(self.protocol)") }
    }

    @Test(arguments: ClientTransport.all(of: .socketIO06))
    func `a handler's protocol is the name of the transport`(transport: ClientTransport) async throws {
        let client = TestClient(try Application([Naming.routes("name")]).router())
        let socket = try await client.open("/name", over: transport, speaking: .socketIO06)
        try await socket.send("?")
        #expect(try await socket.nextMessage() == .text("over \(transport)"))
    }

    @Test func `the server starts both servers, and Flash gets its policy on both ports`() async throws {
        var app = Application([Telling.routes("echoTest")], flashPolicyPort: 0, flashPolicyFile: "flashpolicy.xml")
        app.settings.socketIOPort = 0
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = try SocketIOServer(app, host: "127.0.0.1") { configuration in
            configuration.onListening = { continuation.yield($0.port ?? 0) }
        }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        var policyPort = server.flashPolicyServer?.port
        while policyPort == nil {
            await Task.yield()
            policyPort = server.flashPolicyServer?.port
        }
        for port in [port, try #require(policyPort)] {
            let answer = try await Self.ask(port, "<policy-file-request/>\0")
            #expect(answer.contains(#"<allow-access-from domain="*" to-ports="*"/>"#))
            #expect(answer.hasSuffix("\0"))
        }
        let hello = try await Self.ask(
            port,
            "GET /echoTest/xhr-polling//1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        #expect(hello.contains("~m~26~m~"))
    }

    @Test func `the error for a missing policy file names the file`() {
        let app = Application([], flashPolicyFile: "/nowhere/policy.xml")
        let error = #expect(throws: FlashPolicyError.self) { _ = try SocketIOServer(app) }
        #expect(error.map { "\($0)".contains("/nowhere/policy.xml") } == true)
    }

    /// Sends `text` and collects the received text until the connection ends.
    private static func ask(_ port: Int, _ text: String) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            for try await bytes in inbound { answer += String(buffer: bytes) }
            return answer
        }
    }
}
