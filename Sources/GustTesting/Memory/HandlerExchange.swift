import GustHTTP
import NIOCore

/// The client's end of an exchange in memory.
///
/// `@unchecked Sendable`: used on the loop only; callers hop to it first (`ServerAccess.onLoop`).
final class HandlerExchange: ExchangeEnd, @unchecked Sendable {
    private let executor: LoopExecutor
    private let isHead: Bool
    private let jar: CookieJar?
    private var finished: TestResponse?
    private var writer: TestResponseWriter?
    private var upgraded: HandlerWebSocket?
    /// The task of a pending answer; cancelled when the client aborts the exchange.
    private var task: Task<Void, Never>?
    private var isAnswered = false
    private var isAborted = false

    init(executor: LoopExecutor, isHead: Bool, jar: CookieJar?) {
        self.executor = executor
        self.isHead = isHead
        self.jar = jar
    }

    var outcome: Result<TestResponse, TestError>? { (finished ?? writer?.finished).map { .success($0) } }

    var written: ByteBuffer { writer?.written ?? finished?.body ?? ByteBuffer() }

    var webSocket: (any WebSocketEnd)? { upgraded }

    func abort() {
        isAborted = true
        task?.cancel()
        task = nil
        writer?.abortByPeer()
    }

    /// Keeps the task that will return the response, unless the task has already finished.
    func waits(for task: Task<Void, Never>) {
        guard !isAnswered else { return }
        if isAborted { task.cancel() } else { self.task = task }
    }

    func take(_ response: Response) {
        isAnswered = true
        task = nil
        // After an abort there is no client to receive the response.
        guard !isAborted else { return }
        jar?.take(response.headers)
        switch response.body {
        case .bytes(let bytes):
            finished = TestResponse(status: response.status, headers: response.headers, body: bytes)
        case .stream(let body):
            let writer = TestResponseWriter(
                executor: executor,
                carriesBody: !isHead,
                status: response.status,
                headers: response.headers
            )
            self.writer = writer
            body(writer)
        case .upgrade(let upgrade):
            let webSocket = HandlerWebSocket(eventLoop: executor.eventLoop)
            upgraded = webSocket
            webSocket.open(upgrade)
        }
    }
}
