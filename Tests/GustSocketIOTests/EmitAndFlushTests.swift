import GustAdapter
import GustContract
import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Events whose callers wait until they have been sent.
@Suite(.leavesNothing) struct EmitAndFlushTests {
    private let io: SocketIO
    private let client: TestClient

    init() { self.init(SocketIOSettings()) }

    private init(_ settings: SocketIOSettings) {
        io = SocketIO(settings)
        client = TestClient(EndpointHarness(io))
    }

    private static func suspending(packets: Int, bytes: Int = 1 << 20) -> EmitAndFlushTests {
        var settings = SocketIOSettings()
        settings.outbox.policy = .suspend
        settings.outbox.maximumPackets = packets
        settings.outbox.maximumBytes = bytes
        return EmitAndFlushTests(settings)
    }

    private func server() async throws -> Socket { try #require(await io.everybody.sockets().first) }

    /// Emits in a task of its own.
    private func emit(_ number: Int, to socket: Socket, _ finished: Recorded<Int>) -> Task<Void, any Error> {
        Task {
            try await socket.emitAndFlush("news", number)
            finished.add(number)
        }
    }

    @Test(arguments: ClientProfile.all)
    func `the caller is resumed once the client has been sent the event`(profile: ClientProfile) async throws {
        let socket = try await client.open(profile)
        let server = try await server()
        let finished = Recorded<Int>()
        let task = emit(1, to: server, finished)
        let received = try await socket.next()
        if profile.revision.hasEvents { #expect(received == .event("news", ["1"])) }
        try await client.wait(for: "the caller") { finished.all == [1] }
        try await task.value
    }

    @Test func `the caller waits while the client doesn't read`() async throws {
        let webSocket = try await client.joinedWebSocket()
        let server = try await server()
        let finished = Recorded<Int>()
        try await webSocket.setWritable(false)
        let task = emit(1, to: server, finished)
        try await client.wait(for: "the event") { server.bufferedBytes > 0 }
        #expect(try await client.onLoop { server.bufferedBytes } == 12)
        #expect(server.bufferedBytes == 12)
        #expect(finished.all == [])
        try await webSocket.setWritable(true)
        try await task.value
        #expect(server.bufferedBytes == 0)
        #expect(try await webSocket.nextIfAny() == .text(#"42["news",1]"#))
    }

    @Test func `the caller waits for its own event, not for events that are emitted later`() async throws {
        let target = try await client.pollingSession()
        let server = try await server()
        let finished = Recorded<Int>()
        let task = emit(1, to: server, finished)
        try await client.wait(for: "the event") { server.bufferedBytes > 0 }
        // A poll fetches 16 packets, so 5 remain.
        try await client.onLoop { for number in 2...21 { server.emit("news", number) } }
        _ = try await client.get(target)
        try await task.value
        #expect(server.bufferedBytes > 0)
    }

    @Test func `an event that waits for a poll is sent over the WebSocket after an upgrade`() async throws {
        let target = try await client.pollingSession()
        let server = try await server()
        let finished = Recorded<Int>()
        let task = emit(1, to: server, finished)
        try await client.wait(for: "the event") { server.bufferedBytes > 0 }
        let webSocket = try await client.candidate(of: target)
        try await webSocket.send("2probe")
        #expect(try await webSocket.next() == .text("3probe"))
        #expect(finished.all == [])
        try await webSocket.send("5")
        #expect(try await webSocket.next() == .text(#"42["news",1]"#))
        try await task.value
    }

    @Test func `the caller fails if the connection ends before`() async throws {
        let target = try await client.pollingSession()
        let server = try await server()
        let task = emit(1, to: server, Recorded())
        try await client.wait(for: "the event") { server.bufferedBytes > 0 }
        _ = try await client.post(target, body: "1")
        await #expect(throws: SocketError.disconnected) { try await task.value }
        await #expect(throws: SocketError.disconnected) { try await server.emitAndFlush("news") }
    }

    @Test func `a cancelled caller is resumed, and its event is sent`() async throws {
        let target = try await client.pollingSession()
        let server = try await server()
        let task = emit(1, to: server, Recorded())
        try await client.wait(for: "the event") { server.bufferedBytes > 0 }
        task.cancel()
        await client.settle()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await client.get(target).text == #"42["news",1]"#)
    }

    @Test func `a task that is cancelled before sends nothing`() async throws {
        let webSocket = try await client.joinedWebSocket()
        let server = try await server()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await server.emitAndFlush("news")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await webSocket.nextIfAny() == nil)
    }

    @Test func `a reserved name and a value that can't be encoded are thrown`() async throws {
        _ = try await client.joinedWebSocket()
        let server = try await server()
        await #expect(throws: ReservedName.self) { try await server.emitAndFlush("disconnect") }
        await #expect(throws: EncodingError.self) { try await server.emitAndFlush("number", Double.nan) }
    }

    // MARK: Suspending

    /// How many packets are in the outbox and beside it.
    @Sendable private static func waiting(_ socket: Socket) -> [Int] {
        [socket.connection.outbox.frames.count, socket.connection.waitingPackets.count]
    }

    @Test func `callers wait for room, in order, and the bound holds`() async throws {
        let suite = Self.suspending(packets: 2)
        let target = try await suite.client.pollingSession()
        let server = try await suite.server()
        let finished = Recorded<Int>()
        var tasks: [Task<Void, any Error>] = []
        for number in 1...5 {
            tasks.append(suite.emit(number, to: server, finished))
            try await suite.client.wait(for: "the event") { Self.waiting(server).reduce(0, +) == number }
        }
        #expect(try await suite.client.onLoop { Self.waiting(server) } == [2, 3])
        #expect(try await suite.client.get(target).text == "42[\"news\",1]\u{1E}42[\"news\",2]")
        #expect(try await suite.client.onLoop { Self.waiting(server) } == [2, 1])
        #expect(try await suite.client.get(target).text == "42[\"news\",3]\u{1E}42[\"news\",4]")
        #expect(try await suite.client.get(target).text == "42[\"news\",5]")
        for task in tasks { try await task.value }
        #expect(suite.io.connectionCount == 1)
    }

    @Test func `an event whose caller is cancelled while it waits for room isn't sent`() async throws {
        let suite = Self.suspending(packets: 1)
        let target = try await suite.client.pollingSession()
        let server = try await suite.server()
        let first = suite.emit(1, to: server, Recorded())
        try await suite.client.wait(for: "the event") { Self.waiting(server) == [1, 0] }
        let second = suite.emit(2, to: server, Recorded())
        try await suite.client.wait(for: "the event") { Self.waiting(server) == [1, 1] }
        second.cancel()
        await suite.client.settle()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(try await suite.client.get(target).text == #"42["news",1]"#)
        try await first.value
        #expect(try await suite.client.onLoop { Self.waiting(server) } == [0, 0])
    }

    @Test func `callers that wait for room fail when the connection ends`() async throws {
        let suite = Self.suspending(packets: 1)
        let target = try await suite.client.pollingSession()
        let server = try await suite.server()
        let tasks = [1, 2].map { suite.emit($0, to: server, Recorded()) }
        try await suite.client.wait(for: "the events") { Self.waiting(server) == [1, 1] }
        _ = try await suite.client.post(target, body: "1")
        for task in tasks { await #expect(throws: SocketError.disconnected) { try await task.value } }
    }

    @Test func `an event that never fits is refused at once`() async throws {
        let suite = Self.suspending(packets: 10, bytes: 1_000)
        _ = try await suite.client.pollingSession()
        let server = try await suite.server()
        await #expect(throws: SocketError.overloaded) {
            try await server.emitAndFlush("news", String(repeating: "a", count: 1_000))
        }
        #expect(suite.io.connectionCount == 1)
    }

    @Test func `an event that isn't awaited still closes the connection beyond a bound`() async throws {
        let suite = Self.suspending(packets: 2)
        _ = try await suite.client.pollingSession()
        let server = try await suite.server()
        try await suite.client.onLoop { for number in 1...3 { server.emit("news", number) } }
        #expect(suite.io.connectionCount == 0)
    }
}
