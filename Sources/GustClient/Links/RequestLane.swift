import GustClientWire
import NIOCore
import NIOHTTP1

/// Requests of one client, one after the other, each answered before the next; the connection is kept and opened again if needed.
///
/// `@unchecked Sendable`: used on the loop of the environment only; the closures of the dialer run there.
final class RequestLane: @unchecked Sendable {
    /// The parts of a response, or why there is none.
    enum Event {
        case head(HTTPResponseHead)
        case body(ByteBuffer)
        case end
        case failed(ClientError)
    }

    private let environment: LinkEnvironment
    private var connection: HTTPExchangeHandler?
    private var tell: ((Event) -> Void)?
    private var isAborted = false
    private var timer: Scheduled<Void>?

    init(_ environment: LinkEnvironment) { self.environment = environment }

    /// Whether a response is awaited.
    var isBusy: Bool { tell != nil }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - head: the head of the request.
    ///   - body: its body; nil for none.
    ///   - deadline: how long the response may take; nil if the caller watches it.
    ///   - tell: called with the parts of the response; `end` or `failed` is the last.
    func send(_ head: HTTPRequestHead, _ body: ByteBuffer?, deadline: Duration?, _ tell: @escaping (Event) -> Void) {
        self.tell = tell
        if let deadline {
            timer = environment.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline)) { [weak self] in
                self?.fail(.timedOut("the response to a request"))
            }
        }
        if let connection, connection.isUsable { return connection.send(head, body) }
        connection?.abort()
        let made = HTTPExchangeHandler { [weak self] event in self?.take(event) }
        connection = made
        made.send(head, body)
        let handler = NIOLoopBound(made, eventLoop: environment.eventLoop)
        let limit = TimeAmount(environment.settings.connectTimeout)
        environment.dialer.dial(environment.server, environment.eventLoop, limit) { channel in
            try HTTPExchangeHandler.add(handler.value, to: channel)
        }.assumeIsolated().whenComplete { [weak self] outcome in
            guard let self, connection === made, !isAborted else {
                if case .success(let channel) = outcome { channel.close(promise: nil) }
                return
            }
            if case .failure(let error) = outcome { fail(ClientError(opening: error)) }
        }
    }

    /// Stops or resumes reading.
    func setReading(_ isReading: Bool) { connection?.setReading(isReading) }

    /// Cuts the connection; nobody is told.
    func abort() {
        isAborted = true
        tell = nil
        timer?.cancel()
        connection?.abort()
        connection = nil
    }

    private func take(_ event: HTTPExchangeHandler.Event) {
        switch event {
        case .head(let head):
            environment.takeCookies(head)
            tell?(.head(head))
        case .body(let bytes): tell?(.body(bytes))
        case .end(let isReusable):
            if !isReusable {
                connection?.abort()
                connection = nil
            }
            finish(.end)
        case .closed(let error):
            connection = nil
            finish(.failed(error))
        }
    }

    private func fail(_ error: ClientError) {
        connection?.abort()
        connection = nil
        finish(.failed(error))
    }

    private func finish(_ event: Event) {
        timer?.cancel()
        timer = nil
        let tell = tell
        self.tell = nil
        tell?(event)
    }
}
