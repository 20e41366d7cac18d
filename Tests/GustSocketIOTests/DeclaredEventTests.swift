import GustContract
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Declared events between the server and a client that uses the same declarations.
@Suite(.leavesNothing) struct DeclaredEventTests {
    private struct Line: Codable, Equatable, Sendable {
        var who: String
        var at: Int
    }

    private let join = ClientEvent<(String, String?), Line>("join")
    private let typing = Event<Bool, Never>("typing")
    private let leave = ClientEvent<Void, Void>("leave")
    private let line = ServerEvent<Line, Never>("line")
    private let ask = ServerEvent<(Int, ByteBuffer), String>("ask")
    private let io = SocketIO()
    private let client: TestClient
    private let log = Recorded<String>()

    init() {
        client = TestClient(EndpointHarness(io))
        io.onError { [log] error, _, event in log.add("\(event): \(error)") }
    }

    @Test func `a handler gets the arguments and returns the reply, at once or later`() async throws {
        let later = ClientEvent<(String, String?), Line>("later")
        io.onConnect { [join, log, typing, leave] socket in
            socket.on(join) { name, key in Line(who: name, at: key == nil ? 0 : 1) }
            socket.on(later) { name, key in
                await Task.yield()
                return Line(who: name, at: 2)
            }
            socket.on(typing) { isTyping in log.add("typing \(isTyping)") }
            socket.on(leave) { log.add("left") }
        }
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement(join, "Ada", nil) == Line(who: "Ada", at: 0))
        #expect(try await socket.emitWithAcknowledgement(join, "Ada", "k") == Line(who: "Ada", at: 1))
        #expect(try await socket.emitWithAcknowledgement(later, "Bob", nil) == Line(who: "Bob", at: 2))
        try await socket.emit(typing, true)
        try await socket.emitWithAcknowledgement(leave)
        #expect(log.all == ["typing true", "left"])
    }

    @Test func `handlers of a namespace get the socket too, and once is once`() async throws {
        let sum = ClientEvent<(Int, Int), Int>("sum")
        let slow = ClientEvent<Int, Int>("slow")
        io["/"].on(sum) { _, one, other in one + other }
        io["/"].on(slow) { _, number in
            await Task.yield()
            return number
        }
        io["/"].on(typing) { [log] socket, isTyping in log.add("\(socket.id.isEmpty) \(isTyping)") }
        io.onConnect { [log, leave] socket in socket.once(leave) { log.add("left") } }
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement(sum, 20, 22) == 42)
        #expect(try await socket.emitWithAcknowledgement(slow, 7) == 7)
        try await socket.emit(typing, false)
        try await socket.emit(leave)
        try await socket.emit(leave)
        #expect(log.all == ["false false", "left"])
    }

    @Test func `handlers of events without a reply may have several statements`() async throws {
        io["/"].on(typing) { [log] socket, isTyping in
            log.add("namespace")
            log.add("\(socket.id.isEmpty) \(isTyping)")
        }
        io.onConnect { [log, typing] socket in
            socket.on(typing) { isTyping in
                log.add("socket")
                log.add("\(isTyping)")
            }
            socket.once(typing) { isTyping in
                log.add("once")
                log.add("\(isTyping)")
            }
            socket.once(typing) { isTyping in
                await Task.yield()
                log.add("later")
                log.add("\(isTyping)")
            }
        }
        let socket = try await client.open()
        try await socket.emit(typing, true)
        #expect(log.all == ["namespace", "false true", "socket", "true", "once", "true", "later", "true"])
    }

    @Test func `the server sends to a socket, a room, everybody, and in every other way`() async throws {
        let socket = try await client.open()
        let member = try #require(await io.everybody.sockets().first)
        let line = line
        let value = Line(who: "Ada", at: 1)
        member.emit(line, value)
        member.volatile.emit(line, value)
        member.emitLatest(line, key: "k", value)
        try await member.emitAndFlush(line, value)
        io.emit(line, value)
        io["/"].emit(line, value)
        io.to(member.id).emit(line, value)
        io.everybody.emitLatest(line, value)
        for remote in await io.everybody.fetchSockets().sockets { remote.emit(line, value) }
        for _ in 0..<9 { #expect(try await socket.next(line) == value) }
        #expect(try await socket.nextIfAny() == nil)
    }

    @Test func `the reply of a client has the declared type`() async throws {
        let socket = try await client.open()
        let member = try #require(await io.everybody.sockets().first)
        let ask = ask
        let bytes = ByteBuffer(string: "x")
        async let reply = member.emitWithAcknowledgement(ask, 1, bytes)
        #expect(try await socket.next(ask) == (1, bytes))
        try await socket.acknowledge(ask, "yes")
        #expect(try await reply == "yes")
        let replies = try io.everybody.emitWithAcknowledgement(ask, 2, bytes)
        #expect(try await socket.next(ask) == (2, bytes))
        try await socket.acknowledge(ask, "no")
        #expect(try await replies.all() == ["no"])
    }

    @Test func `a reply that doesn't fit is an error of that socket`() async throws {
        let socket = try await client.open()
        let ask = ask
        let replies = try io.everybody.emitWithAcknowledgement(ask, 2, ByteBuffer())
        _ = try await socket.next(ask)
        try await socket.acknowledge(7)
        var texts: [String] = []
        for await reply in replies {
            guard case .failure(let error) = reply.result else { continue }
            texts.append("\(reply.socketID == socket.id) \(error)")
        }
        #expect(texts == ["true argument 0: expected String, found 7"])
    }

    @Test func `a payload that doesn't fit is refused with the place of the mistake`() async throws {
        let say = ClientEvent<(Int, [Line]), Void>("say")
        io.onConnect { [log] socket in socket.on(say) { _, _ in log.add("called") } }
        let socket = try await client.open()
        let answer = try await socket.emitWithAcknowledgement("say", 1, [["who": "Ada"]])
        #expect(answer == [#"{"error":"argument 1: a value is missing: [0].at"}"#])
        #expect(log.all == ["say: argument 1: a value is missing: [0].at"])
    }

    @Test func `a refused event is an EventRefusal for the client`() async throws {
        io.onConnect { [join] socket in
            socket.on(join) { name, _ in throw ConnectError("the room is full") }
        }
        let socket = try await client.open()
        let thrown = try await #require(throws: EventRefusal.self) {
            try await socket.emitWithAcknowledgement(join, "Ada", nil)
        }
        #expect(thrown.message == "the room is full")
    }
}
