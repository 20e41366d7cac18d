import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Any name of an event is survived: received, registered, emitted, passed through middleware, acknowledged.
@Suite(.leavesNothing) struct EventNameTests {
    /// Names that mean something to JavaScript, to JSON, to the protocol, or to nobody.
    static let names = [
        "error", "message", "", "__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "ping", "pong",
        "data", "open", "close", "*", "\u{0}", "\"", "\\", "\u{2028}", "e\u{301}", "\u{E9}", "👩‍👩‍👧", "/", ",", "[]",
        "disconnect!", String(repeating: "\u{301}", count: 10_000), String(repeating: "x", count: 1_000_000),
    ]

    @Test(arguments: names.indices)
    func `an event of any name reaches its handler, and its echo the client`(index: Int) async throws {
        let name = Self.names[index]
        var settings = SocketIOSettings()
        settings.maximumPayload = 4 << 20
        settings.outbox.maximumBytes = 8 << 20
        let io = SocketIO(settings)
        io.onConnect { socket in
            socket.use { _ in }
            socket.onAnyOutgoing { _, _ in }
            socket.once(name) { (number: Int) in socket.emit(name, number) }
            socket.on(name) { (number: Int) in number + 1 }
        }
        let socket = try await TestClient(EndpointHarness(io)).open()
        let acknowledgement = try await socket.emitWithAcknowledgement(name, 1)
        #expect(acknowledgement == [])
        #expect(try await socket.next() == .event(name, ["1"]))
        #expect(try await socket.emitWithAcknowledgement(name, 2) == ["3"])
        #expect(io.connectionCount == 1)
    }

    @Test(arguments: ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
    func `a reserved name that a client sends closes its connection and calls no handler`(name: String) async throws {
        let io = SocketIO()
        let log = Recorded<String>()
        io.onConnect { socket in
            socket.on(name) { log.add("called") }
            socket.onAny { _ in log.add("any") }
            socket.onDisconnect { reason, details in log.add("\(reason.rawValue)") }
        }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("42[\"\(name)\"]")
        #expect(log.all == ["parse error"])
        #expect(io.connectionCount == 0)
    }

    /// CVE-2023-32695: a name that isn't a string made the parser of Node throw.
    @Test(
        arguments: ["{}", #"{"toString":"x"}"#, #"["message"]"#, "null", "true", #"{"_placeholder":true,"num":0}"#],
        ["websocket", "polling"]
    )
    func `a name that isn't a string closes the connection and calls no handler`(
        name: String,
        transport: String
    )
        async throws
    {
        for engineIO in [4, 3] {
            let io = SocketIO()
            let log = Recorded<String>()
            io.onConnect { socket in
                socket.onAny { _ in log.add("any") }
                socket.on("message") { log.add("message") }
                socket.onDisconnect { reason in log.add(reason.rawValue) }
            }
            let client = TestClient(EndpointHarness(io))
            if transport == "websocket" {
                let webSocket = try await client.webSocket("/socket.io/?EIO=\(engineIO)&transport=websocket")
                if engineIO == 4 { try await webSocket.send("40") }
                await client.settle()
                try await webSocket.send("42[\(name),1]")
            } else if engineIO == 4 {
                let target = try await client.pollingSession()
                _ = try await client.post(target, body: "42[\(name),1]")
            } else {
                continue
            }
            await client.settle()
            #expect(log.all == ["parse error"])
            #expect(io.connectionCount == 0)
        }
    }

    @Test func `names that are canonically equal are two names`() async throws {
        let io = SocketIO()
        let log = Recorded<String>()
        io.onConnect { socket in
            socket.on("\u{E9}") { log.add("composed") }
            let token = socket.on("e\u{301}") { log.add("decomposed") }
            socket.off("\u{E9}")
            socket.on("off") { socket.off(token) }
        }
        let webSocket = try await TestClient(EndpointHarness(io)).joinedWebSocket()
        for name in ["\u{E9}", "e\u{301}", "off", "e\u{301}"] { try await webSocket.send("42[\"\(name)\"]") }
        #expect(log.all == ["decomposed"])
    }
}
