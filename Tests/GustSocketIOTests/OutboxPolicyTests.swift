import GustAdapter
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// What is dropped, and what is replaced, while packets wait for a slow client.
@Suite(.leavesNothing) struct OutboxPolicyTests {
    private let io: SocketIO
    private let client: TestClient

    init() { self.init { _ in } }

    private init(_ configure: (inout SocketIOSettings) -> Void) {
        var settings = SocketIOSettings()
        configure(&settings)
        io = SocketIO(settings)
        client = TestClient(EndpointHarness(io))
    }

    private static func dropping(_ packets: Int) -> OutboxPolicyTests {
        OutboxPolicyTests { settings in
            settings.outbox.policy = .dropOldest
            settings.outbox.maximumPackets = packets
        }
    }

    private func server() async throws -> Socket { try #require(await io.everybody.sockets().first) }

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\u{1E}") }

    // MARK: Dropping

    @Test func `the oldest events are dropped and counted`() async throws {
        let suite = Self.dropping(3)
        let target = try await suite.client.pollingSession()
        let server = try await suite.server()
        try await suite.client.onLoop {
            for number in 1...4 { server.emit("news", number) }
            suite.io.emit("all")
            server.send("message")
        }
        let text = try await suite.client.get(target).text
        #expect(suite.lines(text) == [#"42["news",4]"#, #"42["all"]"#, #"42["message","message"]"#])
        #expect(suite.io.statistics.dropped == 3)
    }

    @Test func `acknowledgements and packets of the protocol are not dropped`() async throws {
        let suite = Self.dropping(4)
        suite.io.onConnect { socket in
            socket.on("ask") { 7 }
            socket.on("fill") { for number in 1...9 { socket.emit("news", number) } }
        }
        let target = try await suite.client.pollingSession()
        _ = try await suite.client.post(target, body: "420[\"ask\"]\u{1E}40/other,\u{1E}42[\"fill\"]")
        let text = try await suite.client.get(target).text
        #expect(
            suite.lines(text) == [
                "430[7]", #"44/other,{"message":"Invalid namespace"}"#, #"42["news",8]"#, #"42["news",9]"#,
            ]
        )
    }

    @Test func `a connection is closed if packets that aren't dropped exceed a bound alone`() async throws {
        let suite = Self.dropping(2)
        suite.io.onConnect { socket in socket.on("ask") { 7 } }
        let target = try await suite.client.pollingSession()
        _ = try await suite.client.post(target, body: (0..<3).map { "42\($0)[\"ask\"]" }.joined(separator: "\u{1E}"))
        #expect(suite.io.connectionCount == 0)
    }

    @Test func `an event is dropped with its attachments`() async throws {
        let suite = Self.dropping(3)
        let target = try await suite.client.pollingSession()
        let server = try await suite.server()
        try await suite.client.onLoop {
            server.emit("bytes", ByteBuffer(bytes: [1]))
            server.emit("one")
            server.emit("two")
        }
        #expect(suite.lines(try await suite.client.get(target).text) == [#"42["one"]"#, #"42["two"]"#])
        #expect(suite.io.statistics.dropped == 1)
    }

    @Test func `the caller of an event that is dropped fails`() async throws {
        let suite = Self.dropping(1)
        _ = try await suite.client.pollingSession()
        let server = try await suite.server()
        let task = Task { try await server.emitAndFlush("news", 1) }
        try await suite.client.wait(for: "the event") { server.bufferedBytes > 0 }
        try await suite.client.onLoop { server.emit("news", 2) }
        await #expect(throws: SocketError.overloaded) { try await task.value }
    }

    // MARK: Latest values

    @Test func `a client that polls slowly receives the newest value only, in the order of the emits`() async throws {
        let target = try await client.pollingSession()
        let server = try await server()
        try await client.onLoop { [io] in
            for number in 1...100 {
                server.emitLatest("price", key: "A", "A", number)
                io.everybody.emitLatest("price", key: "B", "B", number)
                if number == 50 { server.emit("half") }
            }
        }
        let text = try await client.get(target).text
        #expect(lines(text) == [#"42["half"]"#, #"42["price","A",100]"#, #"42["price","B",100]"#])
        #expect(io.connectionCount == 1)
    }

    @Test func `the key is the name of the event unless there is another`() async throws {
        let target = try await client.pollingSession()
        let server = try await server()
        try await client.onLoop {
            server.emitLatest("price", 1)
            server.emitLatest("volume", 1)
            server.emit("price", 0)
            server.emitLatest("price", 2)
        }
        let text = try await client.get(target).text
        #expect(lines(text) == [#"42["volume",1]"#, #"42["price",0]"#, #"42["price",2]"#])
    }

    @Test func `values are sent at once to a client that reads, and replaced while it doesn't`() async throws {
        let webSocket = try await client.joinedWebSocket()
        let server = try await server()
        try await client.onLoop { for number in 1...2 { server.emitLatest("price", number) } }
        try await webSocket.setWritable(false)
        try await client.onLoop { [io] in for number in 3...9 { io.everybody.emitLatest("price", number) } }
        try await webSocket.setWritable(true)
        for number in [1, 2, 9] { #expect(try await webSocket.nextIfAny() == .text(#"42["price",\#(number)]"#)) }
        #expect(try await webSocket.nextIfAny() == nil)
    }

    @Test func `a key applies to one namespace`() async throws {
        _ = io["/other"]
        let target = try await client.pollingSession()
        _ = try await client.post(target, body: "40/other,")
        _ = try await client.get(target)
        try await client.onLoop { [io] in
            for name in ["/", "/other"] { for number in 1...2 { io[name].everybody.emitLatest("price", number) } }
        }
        #expect(lines(try await client.get(target).text) == [#"42["price",2]"#, #"42/other,["price",2]"#])
    }

    @Test func `a value with attachments is replaced as a whole`() async throws {
        let target = try await client.pollingSession()
        let server = try await server()
        try await client.onLoop {
            server.emitLatest("picture", ByteBuffer(bytes: [1]))
            server.emit("news")
            server.emitLatest("picture", "none")
        }
        #expect(lines(try await client.get(target).text) == [#"42["news"]"#, #"42["picture","none"]"#])
    }

    @Test func `a value that is emitted on another thread replaces one too`() async throws {
        let target = try await client.pollingSession()
        let server = try await server()
        for number in 1...3 { server.emitLatest("price", number) }
        await client.settle()
        #expect(try await client.get(target).text == #"42["price",3]"#)
    }

    @Test func `a value that can't be encoded is reported`() async throws {
        let outcome = Outcome()
        io.onError { error, _, event in if error is EncodingError, event == "number" { outcome.set(.success(())) } }
        _ = try await client.joinedWebSocket()
        let server = try await server()
        server.emitLatest("number", Double.nan)
        #expect(outcome.isSuccess)
    }

    @Test func `a client that returns receives the newest value only`() async throws {
        let suite = OutboxPolicyTests { $0.recovery = SocketIOSettings.Recovery() }
        let webSocket = try await suite.client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        try await webSocket.send("40")
        guard case .text(let connect) = try await webSocket.next() else { throw TestError.closed }
        let pid = try #require(connect.split(separator: "\"").dropLast().last)
        try await webSocket.close()
        await suite.client.settle()
        try await suite.client.onLoop {
            for number in 1...5 { suite.io.everybody.emitLatest("price", number) }
            suite.io.emit("news")
        }
        let second = try await suite.client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await second.next()
        try await second.send("40{\"pid\":\"\(pid)\"}")
        guard case .text(let price) = try await second.next() else { throw TestError.closed }
        #expect(price.hasPrefix(#"42["price",5,"#))
        guard case .text(let news) = try await second.next() else { throw TestError.closed }
        #expect(news.hasPrefix(#"42["news","#))
    }
}
