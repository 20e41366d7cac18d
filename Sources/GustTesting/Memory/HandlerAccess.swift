import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

/// Asks a handler in-process, on one event loop whose clock stands still until somebody turns it.
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

    /// Begins an exchange whose body may still be on its way.
    func start(_ request: TestRequest, body: RequestBody) async throws -> any ExchangeEnd {
        let exchange = HandlerExchange(eventLoop: eventLoop, jar: request.jar)
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

    /// Time passes while a test waits: a millisecond of the loop's for each look, and tasks of user code that left the
    /// loop get on.
    func pause(after arrivals: Int) async {
        await eventLoop.advanceTime(by: .milliseconds(1))
        await Task.yield()
    }

    func close() async {
        // Nothing outlives the test.
    }
}
