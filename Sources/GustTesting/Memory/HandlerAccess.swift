import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

/// Accesses a handler in memory, on one event loop whose clock advances only when a test advances it or waits.
final class HandlerAccess: ServerAccess {
    let eventLoop = NIOAsyncTestingEventLoop()
    private let executor: LoopExecutor
    private let handler: any Handler

    init(_ handler: any Handler) {
        self.handler = handler
        executor = LoopExecutor(eventLoop)
    }

    func start(_ request: TestRequest) async throws -> any ExchangeEnd {
        try await start(request, body: RequestBody(request.body))
    }

    /// Begins an exchange whose request body may be incomplete.
    func start(_ request: TestRequest, body: RequestBody) async throws -> any ExchangeEnd {
        let exchange = HandlerExchange(executor: executor, isHead: request.method == .head, jar: request.jar)
        let request = Request(
            method: request.method,
            target: request.target,
            headers: request.headers,
            body: body,
            executor: executor
        )
        try await onLoop { [handler] in
            switch handler.answer(request) {
            case .ready(let response): exchange.take(response)
            case .failed(let error): exchange.take(Response(answering: error, to: request))
            case .pending(let pending):
                let task = Task.startingInPlace(on: request.executor) {
                    do {
                        exchange.take(try await pending.response())
                    } catch {
                        exchange.take(Response(answering: error, to: request))
                    }
                }
                exchange.waits(for: task)
            }
        }
        return exchange
    }

    func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let value = try await eventLoop.executeInContext(body)
        await eventLoop.run()
        return value
    }

    func advance(by time: Duration) async {
        await eventLoop.advanceTime(by: TimeAmount(time))
    }

    func settle() async {
        await eventLoop.run()
    }

    var arrivals: Int { 0 }

    /// Advances the clock of the loop by a millisecond, and yields so that tasks that run elsewhere can continue.
    func pause(after arrivals: Int) async {
        await eventLoop.advanceTime(by: .milliseconds(1))
        await Task.yield()
    }

    func close() async {
        // There are no connections to close.
    }
}
