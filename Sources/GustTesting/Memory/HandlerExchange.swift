import GustHTTP
import NIOCore

/// What a handler's answer comes to.
///
/// `@unchecked Sendable`: belongs to the loop; whoever has it hops there first (`ServerAccess.onLoop`).
final class HandlerExchange: ExchangeEnd, @unchecked Sendable {
    private let eventLoop: any EventLoop
    private let jar: CookieJar?
    private var finished: TestResponse?
    private var writer: TestResponseWriter?
    private var upgraded: HandlerWebSocket?
    /// The handler at work, if it waits for something; cancelled when the client leaves.
    private var task: Task<Void, Never>?
    private var isAnswered = false
    private var isAborted = false

    init(eventLoop: any EventLoop, jar: CookieJar?) {
        self.eventLoop = eventLoop
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

    /// The answer comes from `task`, unless that is over already.
    func waits(for task: Task<Void, Never>) {
        guard !isAnswered else { return }
        if isAborted { task.cancel() } else { self.task = task }
    }

    func take(_ response: Response) {
        isAnswered = true
        task = nil
        // Nobody is there to be answered.
        guard !isAborted else { return }
        jar?.take(response.headers)
        switch response.body {
        case .bytes(let bytes):
            finished = TestResponse(status: response.status, headers: response.headers, body: bytes)
        case .stream(let body):
            let writer = TestResponseWriter(eventLoop: eventLoop, status: response.status, headers: response.headers)
            self.writer = writer
            body(writer)
        case .upgrade(let upgrade):
            let webSocket = HandlerWebSocket(eventLoop: eventLoop)
            upgraded = webSocket
            webSocket.open(upgrade)
        }
    }
}
