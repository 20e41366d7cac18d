import GustContract
import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// `once`, tokens, and the methods that remove handlers.
@Suite(.leavesNothing) struct HandlerRemovalTests {
    private struct Refusal: PublicError { let publicText = "no" }

    private let io = SocketIO()
    private let client: TestClient
    private let log = Recorded<String>()

    init() { client = TestClient(EndpointHarness(io)) }

    // MARK: once

    @Test(arguments: ClientProfile.all.filter { $0.revision.hasEvents })
    func `a handler of once is called for one event, on every generation and transport`(
        profile: ClientProfile
    ) async throws {
        io.onConnect { [log] socket in
            socket.once("a") { (text: String) in "once \(text)" }
            socket.on("a") { (text: String) in log.add(text) }
            socket.once("b") { (number: Int) async in number + 1 }
            socket.on("end") { "end" }
        }
        let socket = try await client.open(profile)
        #expect(try await socket.emitWithAcknowledgement("a", "x") == [#""once x""#])
        #expect(try await socket.emitWithAcknowledgement("a", "y") == [])
        #expect(try await socket.emitWithAcknowledgement("b", 1) == ["2"])
        try await socket.emit("b", 2)
        #expect(try await socket.emitWithAcknowledgement("end") == [#""end""#])
        #expect(log.all == ["x", "y"])
    }

    @Test func `a handler of onceConnect is called for one socket`() async throws {
        io["/"].onceConnect { [log] _ in log.add("once") }
        io.onConnect { [log] _ in log.add("each") }
        for _ in 0..<2 { _ = try await client.open() }
        #expect(log.all == ["once", "each", "each"])
        #expect(io["/"].registrations.connectHandlers.count == 1)
    }

    @Test func `a handler of onceConnect of a family is called for one socket of all namespaces`() async throws {
        let family = io.namespaces { $0.hasPrefix("/x-") }
        family.onceConnect { [log] socket in log.add(socket.namespace.name) }
        let removed = family.onceConnect { [log] _ in log.add("removed") }
        family.off(removed)
        for name in ["/x-1", "/x-2", "/x-1"] { _ = try await client.open(namespace: name) }
        #expect(log.all == ["/x-1"])
    }

    @Test func `all forms of once are called once`() async throws {
        let event = ClientEvent<String, Never>("typed")
        let counted = ClientEvent<String, Int>("typed")
        io.onConnect { [log] socket in
            socket.once("raw") { (event: ReceivedEvent) in log.add("raw \(event.arguments.count)") }
            socket.once("nothing") { log.add("nothing") }
            socket.once("later") { () async throws in log.add("later") }
            socket.once(event) { text in log.add(text) }
            socket.once(counted) { text in text.count }
            socket.once(event) { text async throws in log.add("async \(text)") }
        }
        let webSocket = try await client.joinedWebSocket()
        for _ in 0..<2 {
            for name in ["raw", "nothing", "later"] { try await webSocket.send("42[\"\(name)\",\"x\"]") }
            try await webSocket.send(#"42["typed","x"]"#)
        }
        await client.settle()
        #expect(log.all == ["raw 1", "nothing", "later", "x", "async x"])
    }

    @Test func `a handler of once is removed although it throws`() async throws {
        io.onConnect { socket in
            socket.once("a") { () throws in throw Refusal() }
        }
        io.onError { [log] error, _, _ in log.add("\(type(of: error))") }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["a"]"#)
        try await webSocket.send(#"42["a"]"#)
        #expect(log.all == ["Refusal"])
    }

    @Test func `once may register itself again`() async throws {
        @Sendable func listen(_ socket: Socket, _ number: Int) {
            socket.once("a") { [log] in
                log.add("\(number)")
                listen(socket, number + 1)
            }
        }
        io.onConnect { listen($0, 1) }
        let webSocket = try await client.joinedWebSocket()
        for _ in 0..<3 { try await webSocket.send(#"42["a"]"#) }
        #expect(log.all == ["1", "2", "3"])
    }

    // MARK: Tokens

    @Test func `off removes the handler that a token names, and no other`() async throws {
        io.onConnect { [log] socket in
            let tokens = [
                socket.on("a") { log.add("off") },
                socket.once("a") { log.add("off once") },
                socket.onAny { _ in log.add("off any") },
                socket.onMessage { _ in log.add("off message") },
                socket.onDisconnecting { _ in log.add("off disconnecting") },
                socket.onDisconnect { _ in log.add("off disconnect") },
                socket.onAnyOutgoing { _, _ in log.add("off outgoing") },
            ]
            socket.on("a") { log.add("a") }
            socket.onAny { log.add("any \($0.name)") }
            socket.onMessage { log.add("\($0)") }
            socket.onDisconnecting { _ in log.add("disconnecting") }
            socket.onDisconnect { _ in log.add("disconnect") }
            socket.onAnyOutgoing { name, _ in log.add("outgoing \(name)") }
            for token in tokens { socket.off(token) }
            // A second time has no effect.
            socket.off(tokens[0])
            socket.emit("x")
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["a"]"#)
        try await webSocket.send(#"42["message","m"]"#)
        try await webSocket.close()
        await client.settle()
        #expect(log.all == ["outgoing x", "any a", "a", "any message", "m", "disconnecting", "disconnect"])
    }

    @Test func `a message goes to the message handlers when the last handler for its name is off`() async throws {
        io.onConnect { [log] socket in
            let token = socket.on("message") { log.add("event") }
            socket.onMessage { _ in log.add("message") }
            socket.off(token)
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["message","m"]"#)
        #expect(log.all == ["message"])
    }

    @Test func `a handler that removes another handler of the same event doesn't prevent its call`() async throws {
        io.onConnect { [log] socket in
            let tokens = Recorded<HandlerToken>()
            socket.on("a") {
                log.add("first")
                for token in tokens.all { socket.off(token) }
            }
            tokens.add(socket.on("a") { log.add("second") })
        }
        let webSocket = try await client.joinedWebSocket()
        for _ in 0..<2 { try await webSocket.send(#"42["a"]"#) }
        #expect(log.all == ["first", "second", "first"])
    }

    @Test func `a handler whose only statement registers a handler has an empty acknowledgement`() async throws {
        io.onConnect { socket in
            socket.on("start") { socket.on("go") { "gone" } }
            socket.on("start later") { () async in socket.once("go later") { 1 } }
        }
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement("start") == [])
        #expect(try await socket.emitWithAcknowledgement("go") == [#""gone""#])
        #expect(try await socket.emitWithAcknowledgement("start later") == [])
        #expect(try await socket.emitWithAcknowledgement("go later") == ["1"])
    }

    // MARK: All handlers of a kind

    @Test func `offAny removes handlers for any event, removeAllListeners those for names and ends`() async throws {
        io["/"].on("a") { [log] (_: Socket) in log.add("namespace") }
        io.onConnect { [log] socket in
            socket.on("a") { log.add("a") }
            socket.onAny { log.add("any \($0.name)") }
            socket.onMessage { _ in log.add("message") }
            socket.onDisconnect { _ in log.add("disconnect") }
            socket.onDisconnecting { _ in log.add("disconnecting") }
            socket.on("remove") { socket.removeAllListeners() }
            socket.on("off") { socket.offAny() }
        }
        let webSocket = try await client.joinedWebSocket()
        for name in ["off", "a", "remove", "a"] { try await webSocket.send("42[\"\(name)\"]") }
        try await webSocket.send(#"42["message","m"]"#)
        try await webSocket.close()
        #expect(log.all == ["any off", "namespace", "a", "namespace"])
    }

    @Test func `removeAllListeners keeps the handlers for any event and the middleware, as Node does`() async throws {
        io.onConnect { [log] socket in
            socket.use { event in log.add("use \(event.name)") }
            socket.onAny { log.add("any \($0.name)") }
            socket.removeAllListeners()
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["a"]"#)
        #expect(log.all == ["use a", "any a"])
    }

    @Test func `onAny of a namespace is called with each socket before all other handlers`() async throws {
        io["/"].on("a") { [log] (_: Socket) in log.add("namespace") }
        io["/"].onAny { [log] socket, event in log.add("\(event.name) \(socket.namespace.name)") }
        io.namespaces { $0.hasPrefix("/dyn-") }.onAny { [log] socket, event in
            log.add("\(event.name) \(socket.namespace.name)")
        }
        io.onConnect { [log] socket in socket.onAny { _ in log.add("socket") } }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["a"]"#)
        try await webSocket.send("40/dyn-1,")
        try await webSocket.send(#"42/dyn-1,["b"]"#)
        #expect(log.all == ["a /", "namespace", "socket", "b /dyn-1"])
    }
}
