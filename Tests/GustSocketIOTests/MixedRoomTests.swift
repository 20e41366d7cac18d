import GustAdapter
import GustSeed
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Clients of all revisions in one room: what each receives of events and messages of the server or of another client.
///
/// The cells of the table in `docs/generations.md`.
@Suite(.serialized, .leavesNothing) struct MixedRoomTests {
    private struct Talk: SocketIOHandler {
        let socket: Socket
        func onMessage(_ message: Message) { socket.namespace.everybody.send(message) }
    }

    private let io: SocketIO
    private let client: TestClient

    init() {
        let io = SocketIO()
        self.io = io
        io.onConnect { socket in
            socket.on("say") { (event: ReceivedEvent) in io.everybody.emit("said", arguments: event.arguments) }
            socket.on("ask") { (event: ReceivedEvent) in event.acknowledge(with: event.arguments) }
        }
        Talk.serve(on: io["/"])
        client = TestClient(EndpointHarness(io))
    }

    /// Opens a client of each revision, over different transports.
    private func everybody() async throws -> [TestSocket] {
        [
            try await client.open(over: .webSocket, speaking: .engineIO4),
            try await client.open(over: .polling, speaking: .engineIO3),
            try await client.open(over: .htmlFile, speaking: .socketIO09),
            try await client.open(over: .multipart, speaking: .socketIO06),
        ]
    }

    private func json(_ text: String) throws -> Message { .json(try JSONSlice(validating: ByteBuffer(string: text))) }

    @Test(arguments: 0..<3)
    func `an event is received as an event, and by 0.6 as a JSON message with its name and arguments`(
        sender: Int
    ) async throws {
        let sockets = try await everybody()
        try await sockets[sender].emit("say", "hé 😀", 1, ["a": true])
        for socket in sockets[..<3] {
            #expect(try await socket.next() == .event("said", [#""hé 😀""#, "1", #"{"a":true}"#]))
        }
        let standIn = try json(#"{"name":"said","args":["hé 😀",1,{"a":true}]}"#)
        #expect(try await sockets[3].next() == .message(standIn))
    }

    @Test func `a JSON message of 0.6 with a name and arguments is handled as an event`() async throws {
        let sockets = try await everybody()
        try await sockets[3].send(try json(#"{"name":"say","args":["hi"]}"#))
        for socket in sockets[..<3] { #expect(try await socket.next() == .event("said", [#""hi""#])) }
    }

    @Test func `an object that names an event without a handler stays a message`() async throws {
        let sockets = try await everybody()
        let object = try json(#"{"name":"Ada","args":[1]}"#)
        try await sockets[3].send(object)
        #expect(try await sockets[3].nextMessage() == object)
    }

    @Test(arguments: 0..<4) func `a text of any client is a message for all`(sender: Int) async throws {
        let sockets = try await everybody()
        try await sockets[sender].send("plain ~j~ text")
        #expect(try await sockets[0].next() == .event("message", [#""plain ~j~ text""#]))
        #expect(try await sockets[1].next() == .event("message", [#""plain ~j~ text""#]))
        #expect(try await sockets[2].next() == .message(.text("plain ~j~ text")))
        #expect(try await sockets[3].next() == .message(.text("plain ~j~ text")))
    }

    @Test(arguments: 0..<4) func `a JSON value of any client is a message for all`(sender: Int) async throws {
        let sockets = try await everybody()
        let value = try json(#"{"a":[1,null]}"#)
        try await sockets[sender].send(value)
        for socket in sockets { #expect(try await socket.nextMessage() == value) }
    }

    @Test func `binary arguments are base64 text for revisions without attachments`() async throws {
        let sockets = try await everybody()
        let bytes = ByteBuffer(bytes: [0, 1, 255])
        try await sockets[0].emit("say", bytes, 7)
        let placeholder = #"{"_placeholder":true,"num":0}"#
        for socket in sockets[..<2] {
            #expect(try await socket.next() == .event("said", [placeholder, "7"], attachments: [bytes]))
        }
        #expect(try await sockets[2].next() == .event("said", [#""AAH/""#, "7"]))
        #expect(try await sockets[3].next() == .message(try json(#"{"name":"said","args":["AAH/",7]}"#)))
    }

    @Test func `a binary message is base64 text for revisions without attachments`() async throws {
        let sockets = try await everybody()
        let bytes = ByteBuffer(bytes: [0, 1, 255])
        io.everybody.send(.binary(bytes))
        for socket in sockets[..<2] { #expect(try await socket.nextMessage() == .binary(bytes)) }
        for socket in sockets[2...] { #expect(try await socket.nextMessage() == .text("AAH/")) }
    }

    @Test func `requested acknowledgements are sent, and none to 0.6`() async throws {
        let sockets = try await everybody()
        for socket in sockets[..<3] {
            #expect(try await socket.emitWithAcknowledgement("ask", "x", 2) == [#""x""#, "2"])
        }
        try await sockets[3].send(try json(#"{"name":"ask","args":["x",2]}"#))
        #expect(try await sockets[3].nextIfAny() == nil)
    }

    @Test func `requesting an acknowledgement from a client of 0.6 fails at once`() async throws {
        let outcome = Outcome()
        io.onConnect { socket in
            socket.emit("question", arguments: Arguments()) { outcome.set($0.map { _ in () }) }
        }
        _ = try await client.open(over: .xhrPolling, speaking: .socketIO06)
        #expect(outcome.error == .notSupported)
    }

    @Test func `disconnected clients have left the namespace`() async throws {
        let sockets = try await everybody()
        #expect(io["/"].socketCount == 4)
        for socket in sockets { try await socket.drop() }
        await client.advance(by: .seconds(100))
        #expect(io["/"].socketCount == 0)
        #expect(io.statistics.liveConnections == 0)
    }

    @Test func `statistics count the clients by transport`() async throws {
        let sockets = try await everybody()
        let open = io.statistics.byTransport.mapValues(\.open)
        #expect(open == ["websocket": 1, "polling": 1, "htmlfile": 1, "xhr-multipart": 1])
        try await sockets[2].drop()
        #expect(io.statistics.byTransport["htmlfile"]?.open == 0)
        #expect(io.statistics.byTransport["htmlfile"]?.total == 1)
    }

    @Test func `statistics count packets and their bytes by transport`() async throws {
        io.onConnect { socket in socket.on("echo") { (text: String) in socket.emit("echo", text) } }
        let socket = try await client.open(over: .webSocket)
        let before = try #require(io.statistics.byTransport["websocket"])
        // 42["echo","hé"] is 16 bytes, both ways.
        try await socket.emit("echo", "hé")
        #expect(try await socket.next() == .event("echo", [#""hé""#]))
        let after = try #require(io.statistics.byTransport["websocket"])
        #expect(after.packetsIn - before.packetsIn == 1)
        #expect(after.packetsOut - before.packetsOut == 1)
        #expect(after.bytesIn - before.bytesIn == 16)
        #expect(after.bytesOut - before.bytesOut == 16)
        #expect(io.statistics.bytesOut == io.statistics.byTransport.values.reduce(0) { $0 + $1.bytesOut })
    }
}
