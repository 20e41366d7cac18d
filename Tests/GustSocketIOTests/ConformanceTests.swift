import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// The endpoint alone, as its route would call it.
struct EndpointHarness: Handler {
    let endpoint: Endpoint

    init(_ server: SocketIO) { endpoint = Endpoint(server: server, clientFiles: .none) }

    func respond(to request: Request) async throws -> Response { try await endpoint.respond(to: routed(request)) }

    func respondInPlace(to request: Request) throws -> Response? { try endpoint.respondInPlace(to: routed(request)) }

    private func routed(_ request: Request) -> Request {
        var request = request
        let tail = request.path.dropFirst("/socket.io".count)
        request.captures = Captures([(name: EndpointPattern.tailName, value: String(tail))])
        return request
    }
}

/// The same bodies over every revision and transport, in memory.
@Suite(.serialized) struct ConformanceTests {
    private func echo() -> (SocketIO, TestClient) {
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("message") { (event: ReceivedEvent) in socket.emit("message", arguments: event.arguments) }
            socket.on("sum") { (a: Int, b: Int) in a + b }
            socket.on("later") { (text: String) async in "later \(text)" }
            socket.on("bytes") { (event: ReceivedEvent) in event.acknowledge(with: event.arguments) }
            socket.on("join") { (room: String) in socket.join(room) }
            socket.on("say") { (room: String, text: String) in io.to(room).emit("said", text) }
            socket.on("others") { (text: String) in socket.broadcast.emit("said", text) }
            socket.on("ask") { () async throws in
                let answer = try await socket.emitWithAcknowledgement("question", 6, timeout: .seconds(5))
                socket.emit("answered", try answer.decode(Int.self, at: 0))
            }
            socket.on("kick") { socket.disconnect() }
            socket.on("kick-all") { socket.disconnect(closingConnection: true) }
        }
        return (io, TestClient(EndpointHarness(io)))
    }

    @Test(arguments: Carriage.withEvents)
    func `an event comes back with the very bytes of its arguments`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        try await socket.emit("message", "héllo 😀", 12_345, ["b", "a"])
        #expect(try await socket.next() == .event("message", [#""héllo 😀""#, "12345", #"["b","a"]"#]))
    }

    @Test(arguments: Carriage.withEvents)
    func `what a handler returns is the acknowledgement`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        #expect(try await socket.emitWithAcknowledgement("sum", 20, 22) == ["42"])
        #expect(try await socket.emitWithAcknowledgement("later", "x") == [#""later x""#])
    }

    @Test(arguments: Carriage.withEvents)
    func `arguments of another type are acknowledged with an error`(carriage: Carriage) async throws {
        let (io, client) = echo()
        io.onError { _, _, _ in }
        let socket = try await client.open(carriage)
        let answer = try await socket.emitWithAcknowledgement("sum", "one", 2)
        #expect(answer == [#"{"error":"argument 0: expected Int, found \"one\""}"#])
    }

    @Test(arguments: Carriage.engineIO)
    func `binary goes both ways, also in acknowledgements`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        let bytes = ByteBuffer(bytes: [1, 2, 3, 0, 255])
        try await socket.emit("message", bytes, "text", bytes)
        let placeholders = [0, 1].map { #"{"_placeholder":true,"num":\#($0)}"# }
        #expect(
            try await socket.next()
                == .event("message", [placeholders[0], #""text""#, placeholders[1]], attachments: [bytes, bytes])
        )
        #expect(try await socket.emitWithAcknowledgement("bytes", bytes) == [placeholders[0]])
    }

    @Test(arguments: Carriage.withEvents)
    func `the server asks a client and gets its answer`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        try await socket.emit("ask")
        try await socket.acknowledge(7)
        #expect(try await socket.next() == .event("question", ["6"]))
        #expect(try await socket.next() == .event("answered", ["7"]))
    }

    @Test(arguments: Carriage.withEvents)
    func `a room hears what is said in it, whatever carries its members`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let sockets = [
            try await client.open(carriage),
            try await client.open(over: .webSocket, speaking: carriage.revision),
            try await client.open(over: TransportName.all(of: carriage.revision)[0], speaking: carriage.revision),
        ]
        for socket in sockets[..<2] { _ = try await socket.emitWithAcknowledgement("join", "lobby") }
        try await sockets[2].emit("say", "lobby", "hi")
        #expect(try await sockets[0].next() == .event("said", [#""hi""#]))
        #expect(try await sockets[1].next() == .event("said", [#""hi""#]))
        #expect(try await sockets[2].nextIfAny() == nil)
        try await sockets[0].emit("others", "all")
        #expect(try await sockets[1].next() == .event("said", [#""all""#]))
        #expect(try await sockets[2].next() == .event("said", [#""all""#]))
        #expect(try await sockets[0].nextIfAny() == nil)
    }

    @Test(arguments: Carriage.withEvents)
    func `five hundred messages come back in order`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        for number in 0..<500 { try await socket.emit("message", number) }
        for number in 0..<500 { #expect(try await socket.next() == .event("message", ["\(number)"])) }
    }

    @Test(arguments: Carriage.withEvents)
    func `all that is sent to a new client reaches it, however much`(carriage: Carriage) async throws {
        let io = SocketIO()
        io.onConnect { socket in
            for number in 0..<100 { socket.emit("early", number) }
        }
        let client = TestClient(EndpointHarness(io))
        let socket = try await client.open(carriage)
        for number in 0..<100 { #expect(try await socket.next() == .event("early", ["\(number)"])) }
    }

    @Test(arguments: Carriage.withEvents)
    func `a long message comes back whole`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        let text = String(repeating: "0123456789", count: 50_000)
        try await socket.emit("message", text)
        #expect(try await socket.next() == .event("message", ["\"\(text)\""]))
    }

    @Test(arguments: Carriage.engineIO)
    func `a client that answers heartbeats stays, one that doesn't is gone`(carriage: Carriage) async throws {
        let (io, client) = echo()
        let socket = try await client.open(carriage)
        for beat in 1...3 {
            await client.advance(by: .milliseconds(25_020))
            try await socket.heartbeat()
            #expect(try await socket.nextIfAny() == nil)
            #expect(socket.heartbeats == beat)
        }
        await client.advance(by: .seconds(46))
        #expect(io.connectionCount == 0)
        #expect(io.statistics.sockets == 0)
    }

    @Test(arguments: Carriage.engineIO)
    func `a namespace is left without the connection`(carriage: Carriage) async throws {
        let (io, client) = echo()
        let socket = try await client.open(carriage)
        try await socket.emit("kick")
        #expect(try await socket.next() == .disconnected)
        #expect(io.connectionCount == 1)
        #expect(io["/"].socketCount == 0)
    }

    @Test(arguments: Carriage.withEvents)
    func `the server closes a whole connection`(carriage: Carriage) async throws {
        let (io, client) = echo()
        let socket = try await client.open(carriage)
        try await socket.emit("kick-all")
        #expect(try await socket.next() == .disconnected)
        #expect(io.connectionCount == 0)
    }

    @Test(arguments: Carriage.withEvents)
    func `a client that vanishes leaves nothing behind`(carriage: Carriage) async throws {
        let (io, client) = echo()
        do {
            let socket = try await client.open(carriage)
            _ = try await socket.emitWithAcknowledgement("join", "lobby")
            #expect(try await socket.nextIfAny() == nil)
            try await socket.drop()
        }
        await client.advance(by: .seconds(120))
        #expect(io.connectionCount == 0)
        #expect(io.statistics.sockets == 0)
        #expect(io.statistics.liveConnections == 0)
    }
}
