import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// `onAnyOutgoing`: which packets it sees, and in what order.
@Suite(.leavesNothing) struct OutgoingHandlerTests {
    private let io = SocketIO()
    private let client: TestClient
    private let log = Recorded<String>()

    init() { client = TestClient(EndpointHarness(io)) }

    @Test(arguments: ClientProfile.all)
    func `events, messages, volatile events and broadcasts are seen on every generation and transport`(
        profile: ClientProfile
    ) async throws {
        io.onConnect { [log, io] socket in
            socket.onAnyOutgoing { name, arguments in log.add("\(name) \(arguments[0]?.description ?? "-")") }
            socket.onMessage { _ in
                socket.emit("one", 1)
                socket.send("text")
                socket.volatile.emit("two", 2)
                socket.join("room")
                io.to("room").emit("three", 3)
                io.emit("four", 4)
                io.everybody.send(.text("all"))
                socket.broadcast.emit("others")
            }
        }
        let socket = try await client.open(profile)
        try await socket.send("go")
        await client.settle()
        let lines = ["one 1", #"message "text""#, "two 2", "three 3", "four 4", #"message "all""#]
        #expect(log.all == lines)
    }

    @Test func `acknowledgements aren't events, and questions are`() async throws {
        io.onConnect { [log] socket in
            socket.onAnyOutgoing { name, _ in log.add(name) }
            socket.on("a") { 1 }
            socket.on("ask") { () async throws in _ = try await socket.emitWithAcknowledgement("question") }
        }
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement("a") == ["1"])
        try await socket.emit("ask")
        #expect(try await socket.next() == .event("question", []))
        try await socket.acknowledge()
        #expect(log.all == ["question"])
    }

    @Test func `an event that a handler sends itself is sent but not seen`() async throws {
        io.onConnect { [log] socket in
            socket.onAnyOutgoing { name, _ in
                log.add(name)
                socket.emit("log", name)
            }
            socket.emit("a")
        }
        let socket = try await client.open()
        #expect(try await socket.next() == .event("log", [#""a""#]))
        #expect(try await socket.next() == .event("a", []))
        #expect(log.all == ["a"])
    }

    @Test func `a handler that disconnects the socket prevents the event`() async throws {
        io.onConnect { socket in
            socket.on("go") {
                socket.onAnyOutgoing { name, _ in if name == "secret" { socket.disconnect() } }
                socket.emit("secret")
            }
            socket.on("broadcast") { [io] in
                socket.onAnyOutgoing { _, _ in socket.disconnect() }
                io.emit("secret")
            }
        }
        for name in ["go", "broadcast"] {
            let webSocket = try await client.joinedWebSocket()
            try await webSocket.send("42[\"\(name)\"]")
            #expect(try await webSocket.nextIfAny() == .text("41"))
            #expect(try await webSocket.nextIfAny() == nil)
        }
    }

    @Test func `offAnyOutgoing removes the handlers`() async throws {
        io.onConnect { [log] socket in
            socket.onAnyOutgoing { name, _ in log.add(name) }
            socket.emit("a")
            socket.offAnyOutgoing()
            socket.emit("b")
        }
        let socket = try await client.open()
        #expect(try await socket.next() == .event("a", []))
        #expect(try await socket.next() == .event("b", []))
        #expect(log.all == ["a"])
    }

    @Test func `an event that middleware of the namespace sends is seen when the client is admitted`() async throws {
        io["/"].use { [log] socket in
            socket.onAnyOutgoing { name, _ in log.add(name) }
            socket.emit("early")
            if socket.handshake.query["refuse"] != nil { throw ConnectError("no") }
        }
        await #expect(throws: TestError.self) { try await client.open(query: "&refuse=1") }
        #expect(log.all == [])
        let socket = try await client.open()
        #expect(try await socket.next() == .event("early", []))
        #expect(log.all == ["early"])
    }
}
