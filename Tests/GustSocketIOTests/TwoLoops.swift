import Dispatch
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

@testable import GustSocketIO
@testable import GustTesting

/// One endpoint on two event loops, which the test runs alternately: work that one loop posts to the other waits until
/// the test runs the other.
final class TwoLoops {
    /// The loop that runs now.
    ///
    /// `@unchecked Sendable`: a test of two loops doesn't suspend, so both run on one thread.
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

    /// Runs both loops alternately until the work that they post to each other is done.
    func settle() {
        for _ in 0..<5 {
            first.turn()
            second.turn()
        }
    }

    /// Sends a request on a loop; the response is complete unless it needs the other loop.
    func ask(
        _ target: String,
        by method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        body: String = "",
        on loop: HandTurnedLoop
    ) throws -> HandlerExchange {
        guard let target = RequestTarget(target) else { throw TestError.invalidTarget(target) }
        let exchange = HandlerExchange(executor: loop.executorOfTasks, isHead: method == .head, jar: nil)
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

    /// Opens a polling connection of revision 4 on the first loop and joins `/`; returns the target of its requests.
    func open() throws -> String {
        let greeting = try text(of: ask("/socket.io/?EIO=4&transport=polling", on: first))
        guard let start = greeting.firstRange(of: #""sid":""#)?.upperBound else { throw TestError.unexpected(greeting) }
        let target = "/socket.io/?EIO=4&transport=polling&sid=\(greeting[start...].prefix(20))"
        _ = try ask(target, by: .post, body: "40", on: first)
        guard try text(of: ask(target, on: first)).hasPrefix("40{") else { throw TestError.unexpected("no CONNECT") }
        return target
    }

    /// Opens a WebSocket for the upgrade of a polling connection.
    func candidate(_ target: String, on loop: HandTurnedLoop) throws -> any WebSocketEnd {
        let headers: HTTPFields = [
            .upgrade: "websocket", .connection: "Upgrade", .secWebSocketVersion: "13",
            .secWebSocketKey: WebSocketProof.key,
        ]
        let exchange = try ask(target.replacing("polling", with: "websocket"), headers: headers, on: loop)
        guard let webSocket = exchange.webSocket else { throw TestError.closed }
        return webSocket
    }

    /// Opens a connection on the first loop, and on the second loop a WebSocket for its upgrade that has been probed.
    func probe() throws -> (target: String, webSocket: any WebSocketEnd) {
        let target = try open()
        let webSocket = try candidate(target, on: second)
        try second.turn { try webSocket.send(.text("2probe")) }
        settle()
        guard webSocket.take() == .text("3probe") else { throw TestError.unexpected("no response to the probe") }
        return (target, webSocket)
    }

    /// The body of a complete response.
    func text(of exchange: HandlerExchange) throws -> String {
        guard let response = try exchange.outcome?.get() else { throw TestError.timedOut("a response") }
        return response.text
    }
}

/// An event loop that runs only when the test runs it, and whose clock only the test advances.
///
/// `@unchecked Sendable`: both loops of a test run on one thread.
final class HandTurnedLoop: EventLoop, @unchecked Sendable {
    private let loop = EmbeddedEventLoop()
    private let turns: TwoLoops.Turn
    /// The executor of the requests on this loop.
    private(set) lazy var executorOfTasks = LoopExecutor(self)

    fileprivate init(_ turns: TwoLoops.Turn) {
        self.turns = turns
    }

    /// Runs `body` on the loop, without the tasks that are due.
    func turnOnly<Value>(_ body: () throws -> Value) rethrows -> Value {
        let before = turns.current
        turns.current = ObjectIdentifier(self)
        defer { turns.current = before }
        return try body()
    }

    /// Runs `body`, and then all tasks that are due, including those that are added meanwhile.
    func turn<Value>(_ body: () throws -> Value) rethrows -> Value {
        try turnOnly {
            let value = try body()
            loop.run()
            return value
        }
    }

    /// Runs all tasks that are due.
    func turn() { turn {} }

    /// Advances the clock.
    func advance(by time: TimeAmount) {
        turn { loop.advanceTime(by: time) }
    }

    var inEventLoop: Bool { turns.current == ObjectIdentifier(self) }
    /// A time that is added to the clock, to simulate a task that takes long.
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
