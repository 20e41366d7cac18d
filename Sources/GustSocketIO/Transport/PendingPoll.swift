import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// A poll that waits for its answer, perhaps on another loop than the connection's.
///
/// `@unchecked Sendable`: the writer is touched on its own loop only; every method hops there first.
final class PendingPoll: @unchecked Sendable {
    private let writer: any ResponseWriter
    private let loop: any EventLoop
    private let envelope: Envelope
    /// The parameter `t` of the request; see ``RequestRepetition``.
    let stamp: ByteText?
    private let encoding: PollEncoding?
    private var isAborted = false
    /// Whether the poll was answered; afterwards no closure may be set on the writer, which would keep it for ever.
    private var isAnswered = false

    /// Makes a poll; called on the writer's loop.
    ///
    /// A poll that has to reach its connection on another loop (`travels`) observes the client from the start, because the client may
    /// leave before.
    init(_ writer: any ResponseWriter, _ address: Address, encoding: PollEncoding? = nil, travels: Bool = true) {
        self.encoding = encoding
        self.writer = writer
        envelope = address.envelope
        stamp = address.stamp.map { ByteText($0) }
        loop = writer.eventLoop
        if travels { writer.onAbort = { [weak self] in self?.isAborted = true } }
    }

    /// Answers with a payload; `completion` is called, on the poll's loop, with whether the payload was sent.
    ///
    /// - Parameters:
    ///   - payload: the payload.
    ///   - isBinary: whether the payload is binary.
    ///   - unlessHalfClosed: whether the payload is withheld from a client that has shut down its side for writing: the client has
    ///     probably left, and will fetch the payload by another poll.
    ///   - completion: is called with whether the payload was sent.
    func answer(
        _ payload: ByteBuffer,
        isBinary: Bool,
        unlessHalfClosed: Bool,
        completion: @escaping @Sendable (Bool) -> Void
    ) {
        // Not by `onLoop`: a closure of this size isn't inlined and would be allocated for each poll.
        guard loop.inEventLoop else {
            return loop.execute {
                self.send(payload, isBinary: isBinary, unlessHalfClosed: unlessHalfClosed, completion: completion)
            }
        }
        send(payload, isBinary: isBinary, unlessHalfClosed: unlessHalfClosed, completion: completion)
    }

    private func send(
        _ payload: ByteBuffer,
        isBinary: Bool,
        unlessHalfClosed: Bool,
        completion: @escaping @Sendable (Bool) -> Void
    ) {
        isAnswered = true
        if unlessHalfClosed, writer.hasPeerFinished {
            writer.abort()
            return completion(false)
        }
        var body = isBinary ? payload : envelope.wrap(payload)
        if let encoding, encoding.concerns(body) { body = encoding.encoded(body, &writer.headers) }
        if !isBinary, envelope.contentType.hasSameBytes(as: Envelope.plain.contentType) {
            writer.make(PollingFields.poll)
        } else {
            writer.headers[.contentType] = isBinary ? "application/octet-stream" : envelope.contentType
            writer.headers[.cacheControl] = "no-store"
        }
        writer.finish(body, completion: completion)
    }

    /// Answers with a status and no body.
    func refuse(_ status: HTTPResponse.Status) {
        onLoop { poll in
            poll.isAnswered = true
            poll.writer.status = status
            poll.writer.finish()
        }
    }

    /// Answers with a refusal.
    func refuse(_ refusal: RefusalBody) {
        onLoop { poll in
            poll.isAnswered = true
            poll.writer.status = refusal.httpStatus
            poll.writer.headers[.contentType] = refusal.contentType
            poll.writer.finish(refusal.body)
        }
    }

    /// Closes the TCP connection of the poll at once.
    func abort() {
        onLoop { poll in
            poll.isAnswered = true
            poll.writer.abort()
        }
    }

    /// Calls `body` on the writer's loop when the client aborts the poll; at once if it has aborted already.
    func whenAborted(_ body: @escaping @Sendable () -> Void) {
        onLoop { poll in
            guard !poll.isAborted else { return body() }
            guard !poll.isAnswered else { return }
            poll.writer.onAbort = body
        }
    }

    private func onLoop(_ body: @escaping @Sendable (PendingPoll) -> Void) {
        if loop.inEventLoop { body(self) } else { loop.execute { body(self) } }
    }
}
