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
    private var isAborted = false
    /// Whether the answer was given: nothing may be set on the writer any more, which would hold it for ever.
    private var isAnswered = false

    /// Listens to its client from the start: it may go away before the poll has come to its connection, on another loop.
    ///
    /// On the writer's loop.
    init(_ writer: any ResponseWriter, envelope: Envelope) {
        self.writer = writer
        self.envelope = envelope
        loop = writer.eventLoop
        writer.onAbort = { [weak self] in self?.isAborted = true }
    }

    /// Answers with a payload; `completion` is called, on the poll's loop, with whether it left.
    ///
    /// - Parameters:
    ///   - payload: the payload.
    ///   - isBinary: whether it is bytes.
    ///   - unlessHalfClosed: whether a client that has shut down its side gets nothing, because its session goes on: it is gone in
    ///     all likelihood, and comes for the payload with another poll.
    ///   - completion: is told whether the payload left.
    func answer(
        _ payload: ByteBuffer,
        isBinary: Bool,
        unlessHalfClosed: Bool,
        completion: @escaping @Sendable (Bool) -> Void
    ) {
        onLoop { poll in
            poll.isAnswered = true
            if unlessHalfClosed, poll.writer.hasPeerFinished {
                poll.writer.abort()
                return completion(false)
            }
            poll.writer.headers[.contentType] = isBinary ? "application/octet-stream" : poll.envelope.contentType
            poll.writer.headers[.cacheControl] = "no-store"
            poll.writer.finish(isBinary ? payload : poll.envelope.wrap(payload), completion: completion)
        }
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

    /// Breaks the poll's connection off.
    func abort() {
        onLoop { poll in
            poll.isAnswered = true
            poll.writer.abort()
        }
    }

    /// Calls `body`, on whatever loop the writer is on, when the client gives the poll up, or now if it has already.
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
