import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// An answer that goes on, perhaps on another loop than the connection's.
///
/// Its head leaves with the first payload, so that until then it can be a refusal.
///
/// `@unchecked Sendable`: everything mutable is touched on the writer's loop only; every method hops there first.
final class StreamedAnswer: @unchecked Sendable {
    private let writer: any ResponseWriter
    private let loop: any EventLoop
    private let envelope: Envelope
    private var hasBegun = false
    private var isAborted = false
    /// Whether the answer has ended: nothing may be set on the writer any more, which would hold it for ever.
    private var hasEnded = false

    /// Listens to its client from the start: it may go away before the answer has come to its connection, on another
    /// loop.
    ///
    /// On the writer's loop.
    init(_ writer: any ResponseWriter, envelope: Envelope) {
        self.writer = writer
        self.envelope = envelope
        loop = writer.eventLoop
        writer.onAbort = { [weak self] in self?.isAborted = true }
    }

    /// Calls the closures, on the answer's loop: with whether the client takes more, and when it is gone, or now if it has
    /// gone already.
    func watch(
        writability: @escaping @Sendable (Bool) -> Void,
        abort: @escaping @Sendable () -> Void
    ) {
        onLoop { answer in
            guard !answer.isAborted else { return abort() }
            guard !answer.hasEnded else { return }
            answer.writer.onWritable = { writability(true) }
            answer.writer.onAbort = abort
        }
    }

    /// Sends a payload; `full` is called, on the answer's loop, if nothing more should follow now.
    func write(_ payload: ByteBuffer, full: @escaping @Sendable () -> Void) {
        onLoop { answer in
            answer.begin()
            answer.writer.write(answer.envelope.wrap(payload))
            if !answer.writer.isWritable { full() }
        }
    }

    /// Ends the answer.
    func finish() {
        onLoop { answer in
            answer.hasEnded = true
            answer.begin()
            answer.writer.finish()
        }
    }

    /// Answers with a refusal, or ends the answer if it has begun.
    func refuse(_ refusal: RefusalBody) {
        onLoop { answer in
            answer.hasEnded = true
            guard !answer.hasBegun else { return answer.writer.finish() }
            answer.writer.status = refusal.httpStatus
            answer.writer.headers[.contentType] = refusal.contentType
            answer.writer.finish(refusal.body)
        }
    }

    /// Breaks the connection off.
    func abort() {
        onLoop { answer in
            answer.hasEnded = true
            answer.writer.abort()
        }
    }

    /// Sends what comes first: the head's fields, and the bytes that wake the client up.
    private func begin() {
        guard !hasBegun else { return }
        hasBegun = true
        writer.headers[.contentType] = envelope.contentType
        // What wakes up old browsers must reach them as it is.
        writer.headers[.cacheControl] = "no-store, no-transform"
        writer.isChunked = envelope.isChunked
        writer.write(envelope.opening)
    }

    private func onLoop(_ body: @escaping @Sendable (StreamedAnswer) -> Void) {
        if loop.inEventLoop { body(self) } else { loop.execute { body(self) } }
    }
}
