import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// Callers that wait until the operating system has taken the response to a poll.
@Suite(.leavesNothing) struct ConfirmedPollTests {
    private let io: SocketIO
    private let loops: TwoLoops

    init() {
        var settings = SocketIOSettings()
        settings.outbox.policy = .suspend
        settings.outbox.maximumPackets = 2
        io = SocketIO(settings)
        loops = TwoLoops(io)
    }

    @Test func `a caller waits for a poll that is confirmed, if the first one fails`() async throws {
        let (continuations, made) = AsyncStream.makeStream(of: CheckedContinuation<Void, any Error>.self)
        let flush = Task { try await withCheckedThrowingContinuation { made.yield($0) } }
        var iterator = continuations.makeAsyncIterator()
        let continuation = try #require(await iterator.next())
        // The loops are made on this thread, which may be another one than before the suspension.
        let suite = ConfirmedPollTests()
        let loops = suite.loops
        let target = try loops.open()
        let connection = try #require(suite.io.connections.all.first)
        loops.first.turn {
            connection.sockets.first?.emit("news")
            let waiter = FlushWaiter()
            if waiter.begin(continuation) { connection.whenFlushed(waiter) }
        }
        let first = try loops.stream(target)
        #expect(first.text == #"42["news"]"#)
        loops.first.turnOnly { #expect(connection.bufferedBytes == 10) }
        loops.first.turn { first.complete(false) }
        #expect(connection.flushWaiters.count == 1)
        let second = try loops.stream(target)
        #expect(second.text == #"42["news"]"#)
        #expect(connection.flushWaiters.count == 1)
        loops.first.turn { second.complete(true) }
        #expect(connection.flushWaiters.isEmpty)
        loops.first.turnOnly { #expect(connection.bufferedBytes == 0) }
        try await flush.value
    }

    /// Sends events whose callers wait for room; returns the connection.
    private func fill(_ count: Int) throws -> Connection {
        let connection = try #require(io.connections.all.first)
        let socket = try #require(connection.sockets.first)
        loops.first.turn {
            for number in 1...count {
                let arguments = Arguments()
                let packet = Packet.event(namespace: "/", id: nil, name: "e\(number)", arguments: arguments)
                connection.send(packet, of: socket, FlushWaiter())
            }
        }
        return connection
    }

    @Test func `callers get the room of a poll after it is confirmed`() throws {
        let target = try loops.open()
        let connection = try fill(4)
        #expect(connection.waitingPackets.count == 2)
        let first = try loops.stream(target)
        #expect(first.text == "42[\"e1\"]\u{1E}42[\"e2\"]")
        #expect(connection.waitingPackets.count == 2)
        loops.first.turn { first.complete(false) }
        #expect(io.connectionCount == 1)
        #expect(connection.waitingPackets.count == 2)
        let second = try loops.stream(target)
        #expect(second.text == "42[\"e1\"]\u{1E}42[\"e2\"]")
        loops.first.turn { second.complete(true) }
        #expect(connection.waitingPackets.isEmpty)
        let third = try loops.stream(target)
        #expect(third.text == "42[\"e3\"]\u{1E}42[\"e4\"]")
        loops.first.turn { third.complete(true) }
        #expect(connection.flushWaiters.isEmpty)
    }

    @Test func `a caller is resumed by the poll that was pending when the one before failed`() throws {
        let target = try loops.open()
        let connection = try fill(1)
        let first = try loops.stream(target)
        // The client polls again before the server has noticed that the first response was lost.
        let second = try loops.stream(target)
        loops.first.turn { first.complete(false) }
        #expect(second.text == "42[\"e1\"]")
        #expect(connection.flushWaiters.count == 1)
        loops.first.turn { second.complete(true) }
        #expect(connection.flushWaiters.isEmpty)
    }

    @Test(arguments: [0, 1])
    func `the frames of a poll that fails after the upgrade are sent over the WebSocket`(loop: Int) throws {
        let target = try loops.open()
        let connection = try #require(io.connections.all.first)
        loops.first.turn { for number in 1...2 { connection.sockets.first?.emit("news", number) } }
        let poll = try loops.stream(target)
        #expect(poll.text == "42[\"news\",1]\u{1E}42[\"news\",2]")
        let webSocket = try upgrade(target, on: loop == 0 ? loops.first : loops.second)
        loops.first.turn { poll.complete(false) }
        loops.settle()
        for number in 1...2 { #expect(webSocket.take() == .text("42[\"news\",\(number)]")) }
        #expect(webSocket.take() == nil)
        #expect(connection.isDrained)
    }

    @Test func `the noop of a poll that fails after the upgrade isn't sent over the WebSocket`() throws {
        let target = try loops.open()
        let poll = try loops.stream(target)
        let webSocket = try upgrade(target, on: loops.first)
        #expect(poll.text == "6")
        loops.first.turn { poll.complete(false) }
        loops.settle()
        #expect(webSocket.take() == nil)
    }

    private func upgrade(_ target: String, on loop: HandTurnedLoop) throws -> any WebSocketEnd {
        let webSocket = try loops.candidate(target, on: loop)
        try loop.turn { try webSocket.send(.text("2probe")) }
        loops.settle()
        #expect(webSocket.take() == .text("3probe"))
        try loop.turn { try webSocket.send(.text("5")) }
        loops.settle()
        return webSocket
    }
}
