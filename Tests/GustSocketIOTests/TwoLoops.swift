import Dispatch
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

@testable import GustSocketIO
@testable import GustTesting

/// One endpoint on two event loops, of which a test turns now one and now the other: whatever one posts to the other
/// lies there until its turn.
final class TwoLoops {
    /// Whose turn it is.
    ///
    /// `@unchecked Sendable`: a test of two loops doesn't suspend, so one thread has both.
    fileprivate final class Turn: @unchecked Sendable {
        var current: ObjectIdentifier?
    }

    let io: SocketIO
    let first: HandTurnedLoop
    let second: HandTurnedLoop
    let endpoint: EndpointHarness

    init(_ io: SocketIO) {
        self.io = io
        endpoint = EndpointHarness(io)
        let turn = Turn()
        first = HandTurnedLoop(turn)
        second = HandTurnedLoop(turn)
    }

    /// Turns one after the other until nothing of what they post to each other is left.
    func settle() {
        for _ in 0..<5 {
            first.turn()
            second.turn()
        }
    }

    /// Asks on a loop; what comes of it is there at once, unless it waits for the other loop.
    func ask(
        _ target: String,
        by method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        body: String = "",
        on loop: HandTurnedLoop
    ) throws -> HandlerExchange {
        guard let target = RequestTarget(target) else { throw TestError.invalidTarget(target) }
        let exchange = HandlerExchange(eventLoop: loop, jar: nil)
        let request = Request(
            method: method,
            target: target,
            headers: headers,
            body: RequestBody(ByteBuffer(string: body)),
            executor: loop.executorOfTasks
        )
        try loop.turn {
            if let response = try endpoint.answer(request).immediateResponse { exchange.take(response) }
        }
        return exchange
    }

    /// Opens a polling session of generation 4 on the first loop and joins `/`; returns the target of its requests.
    func open() throws -> String {
        let greeting = try text(of: ask("/socket.io/?EIO=4&transport=polling", on: first))
        guard let start = greeting.firstRange(of: #""sid":""#)?.upperBound else { throw TestError.unexpected(greeting) }
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(greeting[start...].prefix(20))"
        _ = try ask(target, by: .post, body: "40", on: first)
        guard try text(of: ask(target, on: first)).hasPrefix("40{") else { throw TestError.unexpected("no CONNECT") }
        return target
    }

    /// Opens a WebSocket for the session, which polls.
    func candidate(_ target: String, on loop: HandTurnedLoop) throws -> any WebSocketEnd {
        let headers: HTTPFields = [
            .upgrade: "websocket", .connection: "Upgrade", .secWebSocketVersion: "13",
            .secWebSocketKey: WebSocketProof.key,
        ]
        let exchange = try ask(target.replacing("polling", with: "websocket"), headers: headers, on: loop)
        guard let webSocket = exchange.webSocket else { throw TestError.closed }
        return webSocket
    }

    /// Opens a session on the first loop and a WebSocket for it on the second, which it has probed.
    func probe() throws -> (target: String, webSocket: any WebSocketEnd) {
        let target = try open()
        let webSocket = try candidate(target, on: second)
        try second.turn { try webSocket.send(.text("2probe")) }
        settle()
        guard webSocket.take() == .text("3probe") else { throw TestError.unexpected("no answer to the probe") }
        return (target, webSocket)
    }

    /// The body of an answer that is whole.
    func text(of exchange: HandlerExchange) throws -> String {
        guard let response = try exchange.outcome?.get() else { throw TestError.timedOut("an answer") }
        return response.text
    }
}

/// An event loop that runs only in its turn, and whose clock stands still between.
///
/// `@unchecked Sendable`: one thread has both loops of a test.
final class HandTurnedLoop: EventLoop, @unchecked Sendable {
    private let loop = EmbeddedEventLoop()
    private let turns: TwoLoops.Turn
    /// What requests of this loop bring along.
    private(set) lazy var executorOfTasks = LoopExecutor(self)

    fileprivate init(_ turns: TwoLoops.Turn) {
        self.turns = turns
    }

    /// Runs `body` in front of all that is due, and nothing else.
    func turnOnly<Value>(_ body: () throws -> Value) rethrows -> Value {
        let before = turns.current
        turns.current = ObjectIdentifier(self)
        defer { turns.current = before }
        return try body()
    }

    /// Runs `body`, then what is due; what comes meanwhile is due as well.
    func turn<Value>(_ body: () throws -> Value) rethrows -> Value {
        try turnOnly {
            let value = try body()
            loop.run()
            return value
        }
    }

    /// Runs what is due.
    func turn() { turn {} }

    /// Turns the clock.
    func advance(by time: TimeAmount) {
        turn { loop.advanceTime(by: time) }
    }

    var inEventLoop: Bool { turns.current == ObjectIdentifier(self) }
    /// How much later it is than the clock says, as if a task had taken that long.
    var delay = TimeAmount.zero
    var now: NIODeadline { loop.now + delay }

    func execute(_ task: @escaping @Sendable () -> Void) { loop.execute(task) }

    func scheduleTask<Value>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        loop.scheduleTask(deadline: deadline, task)
    }

    func scheduleTask<Value>(in time: TimeAmount, _ task: @escaping @Sendable () throws -> Value) -> Scheduled<Value> {
        loop.scheduleTask(in: time, task)
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        loop.shutdownGracefully(queue: queue, callback)
    }
}
