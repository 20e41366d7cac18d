import GustHTTP
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Packet middleware (`Socket.use`): what it may do with an event, and the order of events.
@Suite(.leavesNothing) struct PacketMiddlewareTests {
    private struct Secret: Error {}
    private struct Refusal: PublicError { let publicText = "not for you" }

    private let log = Recorded<String>()
    private let gate = Gate()

    // MARK: What it may do

    @Test func `middleware sees the name, the arguments and whether an acknowledgement is requested`() async throws {
        let io = SocketIO()
        io.onConnect { [log] socket in
            socket.use { event in
                log.add("\(event.name) \(event.arguments.count) \(event.isAcknowledgementRequested)")
            }
            socket.on("sum") { (a: Int, b: Int) in a + b }
        }
        let socket = try await TestClient(EndpointHarness(io)).open()
        #expect(try await socket.emitWithAcknowledgement("sum", 20, 22) == ["42"])
        try await socket.emit("other")
        #expect(log.all == ["sum 2 true", "other 0 false"])
    }

    @Test func `closures are called in order, and the next one receives what one has changed`() async throws {
        let io = SocketIO()
        io["/"].on("second") { [log] (_: Socket, text: String) in log.add("namespace \(text)") }
        io.onConnect { [log] socket in
            socket.use { event in
                event.name = "second"
                event.arguments = try Arguments.encoding("changed")
            }
            socket.use { event in log.add("then \(event.name)") }
            socket.onAny { log.add("any \($0.name)") }
            socket.on("first") { log.add("first") }
            socket.on("second") { (text: String) in log.add(text) }
        }
        let socket = try await TestClient(EndpointHarness(io)).open()
        try await socket.emit("first", "sent")
        #expect(log.all == ["then second", "namespace changed", "any second", "changed"])
    }

    @Test func `a dropped event reaches no later closure and no handler, and isn't acknowledged`() async throws {
        let io = SocketIO()
        io.onConnect { [log] socket in
            socket.use { event in if event.name == "a" { event.drop() } }
            socket.use { event in log.add("second \(event.name)") }
            socket.onAny { log.add("any \($0.name)") }
            socket.on("a") { 1 }
            socket.on("b") { 2 }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"427["a"]"#)
        try await webSocket.send(#"428["b"]"#)
        #expect(try await webSocket.nextIfAny() == .text("438[2]"))
        #expect(try await webSocket.nextIfAny() == nil)
        #expect(log.all == ["second b", "any b"])
    }

    @Test func `middleware that drops an event may acknowledge it`() async throws {
        let io = SocketIO()
        io.onConnect { socket in
            socket.use { event in
                try event.acknowledge("seen")
                event.drop()
            }
        }
        let socket = try await TestClient(EndpointHarness(io)).open()
        #expect(try await socket.emitWithAcknowledgement("a") == [#""seen""#])
    }

    @Test(arguments: [false, true])
    func `a closure that throws refuses the event, and only a public error is sent`(isAsync: Bool) async throws {
        let io = SocketIO()
        io.onError { [log] error, socket, event in log.add("\(type(of: error)) \(event) \(socket != nil)") }
        io.onConnect { [log] socket in
            if isAsync {
                socket.use { event async throws in
                    await Task.yield()
                    if event.name == "a" { throw Secret() }
                    if event.name == "b" { throw Refusal() }
                }
            } else {
                socket.use { event in
                    if event.name == "a" { throw Secret() }
                    if event.name == "b" { throw Refusal() }
                }
            }
            socket.onAny { log.add("any \($0.name)") }
            socket.on("c") { 3 }
        }
        let socket = try await TestClient(EndpointHarness(io)).open()
        #expect(try await socket.emitWithAcknowledgement("a") == [#"{"error":"the handler failed"}"#])
        #expect(try await socket.emitWithAcknowledgement("b") == [#"{"error":"not for you"}"#])
        #expect(try await socket.emitWithAcknowledgement("c") == ["3"])
        #expect(log.all == ["Secret a true", "Refusal b true", "any c"])
    }

    @Test func `a middleware that has been removed isn't called, and the socket has none any more`() async throws {
        let io = SocketIO()
        io.onConnect { [log] socket in
            let token = socket.use { _ in log.add("removed") }
            socket.off(token)
            socket.use { _ in log.add("kept") }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["a"]"#)
        #expect(log.all == ["kept"])
        let hasMiddleware = try await client.onLoop { [log] in
            let socket = try #require(io.connections.all.first?.rootSocket)
            let token = socket.use { _ in log.add("another") }
            socket.off(token)
            return socket.eventMiddlewares != nil
        }
        #expect(hasMiddleware)
    }

    @Test func `a closure that removes itself leaves a socket without middleware`() async throws {
        let io = SocketIO()
        let tokens = Recorded<HandlerToken>()
        io.onConnect { [log] socket in
            let token = socket.use { _ in
                log.add("once")
                for token in tokens.all { socket.off(token) }
            }
            tokens.add(token)
            socket.onAny { log.add($0.name) }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["a"]"#)
        try await webSocket.send(#"42["b"]"#)
        #expect(log.all == ["once", "a", "b"])
        #expect(try await client.onLoop { io.connections.all.first?.rootSocket?.eventMiddlewares == nil })
    }

    @Test func `a closure that disconnects the socket ends the event`() async throws {
        let io = SocketIO()
        io.onConnect { [log] socket in
            socket.use { _ in socket.disconnect() }
            socket.onAny { log.add($0.name) }
        }
        let webSocket = try await TestClient(EndpointHarness(io)).joinedWebSocket()
        try await webSocket.send(#"42["a"]"#)
        #expect(try await webSocket.nextIfAny() == .text("41"))
        #expect(log.all == [])
    }

    // MARK: Order

    @Test func `while a closure is suspended, later events wait, and all keep their order`() async throws {
        let io = SocketIO()
        io.onConnect { [log, gate] socket in
            socket.use { event async in if event.name == "slow" { await gate.wait() } }
            socket.on("slow") { log.add("slow") }
            socket.on("fast") { (number: Int) in log.add("fast \(number)") }
            socket.onMessage { log.add("message \($0)") }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["slow"]"#)
        try await webSocket.send(#"42["fast",1]"#)
        try await webSocket.send(#"42["message","x"]"#)
        try await webSocket.send(#"42["fast",2]"#)
        await client.settle()
        #expect(log.all == [])
        gate.open()
        await client.settle()
        #expect(log.all == ["slow", "fast 1", "message x", "fast 2"])
        // Nothing counts as suspended any more.
        #expect(try await client.onLoop { io.connections.all.first?.home.reading.suspendedHandlers } == 0)
    }

    @Test func `events that wait count towards the bound of suspended handlers`() async throws {
        var settings = SocketIOSettings()
        settings.maximumSuspendedHandlers = 3
        let io = SocketIO(settings)
        io.onConnect { [log, gate] socket in
            socket.use { event async in if event.name == "slow" { await gate.wait() } }
            socket.onAny { log.add($0.name) }
        }
        let client = TestClient(EndpointHarness(io))
        let target = try await client.pollingSession()
        #expect(try await client.post(target, body: #"42["slow"]"#).text == "ok")
        #expect(try await client.post(target, body: #"42["a"]"#).text == "ok")
        let post = try await client.start(.post, target, body: ByteBuffer(string: "42[\"b\"]\u{1E}42[\"c\"]"))
        #expect(try await post.finishedResponse() == nil)
        let waiting = try await client.onLoop { io.connections.all.first?.rootSocket?.eventMiddlewares?.waitingCount }
        #expect(waiting == 2)
        gate.open()
        #expect(try await post.response().text == "ok")
        await client.settle()
        #expect(log.all == ["slow", "a", "b", "c"])
    }

    @Test func `thousands of events behind a suspended closure are handled in order on a small stack`() async throws {
        let io = SocketIO()
        let count = 5_000
        io.onConnect { [log, gate] socket in
            socket.use { event async in if event.name == "slow" { await gate.wait() } }
            socket.on("number") { (number: Int) in log.add("\(number)") }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["slow"]"#)
        for number in 0..<count { try await webSocket.send("42[\"number\",\(number)]") }
        #expect(log.all.isEmpty)
        gate.open()
        await client.settle()
        let isOrdered = log.all == (0..<count).map { "\($0)" }
        #expect(isOrdered)
        #expect(log.all.count == count)
    }

    @Test func `middleware may wait for an acknowledgement of the client`() async throws {
        let io = SocketIO()
        io.onConnect { socket in
            socket.use { event async throws in
                guard event.name == "enter" else { return }
                event.arguments = try await socket.emitWithAcknowledgement("password?")
            }
            socket.on("enter") { (word: String) in "welcome with \(word)" }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"421["enter"]"#)
        #expect(try await webSocket.nextIfAny() == .text(#"420["password?"]"#))
        try await webSocket.send(#"430["sesame"]"#)
        await client.settle()
        #expect(try await webSocket.nextIfAny() == .text(#"431["welcome with sesame"]"#))
    }

    @Test func `a disconnect cancels the suspended closure and drops the events behind it`() async throws {
        let io = SocketIO()
        io.onConnect { [log, gate] socket in
            socket.use { event async in
                await gate.wait()
                log.add("cancelled: \(Task.isCancelled)")
            }
            socket.onAny { log.add($0.name) }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["a"]"#)
        try await webSocket.send(#"42["b"]"#)
        try await webSocket.send("41")
        gate.open()
        await client.settle()
        #expect(log.all == ["cancelled: true"])
        #expect(try await client.onLoop { io.connections.all.first?.home.reading.suspendedHandlers } == 0)
    }

    // MARK: Every generation

    @Test(arguments: ClientProfile.all)
    func `middleware refuses, changes and passes the messages of every generation and transport`(
        profile: ClientProfile
    ) async throws {
        let io = SocketIO()
        io.onError { [log] error, _, event in log.add("\(event) \(type(of: error))") }
        io.onConnect { socket in
            socket.use { event async throws in
                guard event.name == "message" else { return }
                await Task.yield()
                let text = try event.arguments.decode(String.self, at: 0)
                if text == "bad" { throw Refusal() }
                if text == "change" { event.arguments = try Arguments.encoding("changed") }
                if text == "drop" { event.drop() }
            }
            socket.onMessage { socket.send($0) }
        }
        let socket = try await TestClient(EndpointHarness(io)).open(profile)
        for text in ["bad", "drop", "change", "same"] { try await socket.send(text) }
        #expect(try await socket.nextMessage() == .text("changed"))
        #expect(try await socket.nextMessage() == .text("same"))
        #expect(log.all == ["message Refusal"])
    }

    @Test(arguments: ClientProfile.all.filter { $0.revision.hasEvents })
    func `middleware sees the events of every generation and transport before the handlers`(
        profile: ClientProfile
    ) async throws {
        let io = SocketIO()
        io.onConnect { socket in
            socket.use { event in if event.name == "plus" { event.name = "sum" } }
            socket.on("sum") { (a: Int, b: Int) in a + b }
        }
        let socket = try await TestClient(EndpointHarness(io)).open(profile)
        #expect(try await socket.emitWithAcknowledgement("plus", 1, 2) == ["3"])
    }

    @Test func `a JSON message that middleware doesn't change keeps its kind and its bytes`() async throws {
        let io = SocketIO()
        let kinds = Recorded<Message>()
        io.onConnect { socket in
            socket.use { _ in }
            socket.onMessage { kinds.add($0) }
        }
        let socket = try await TestClient(EndpointHarness(io)).open(over: .webSocket, speaking: .socketIO09)
        let json = try JSONSlice(validating: ByteBuffer(string: #""only text""#))
        try await socket.send(.json(json))
        #expect(kinds.all == [.json(json)])
    }
}
