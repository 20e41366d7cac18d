import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// A streamed response that carries payloads, perhaps on another loop than the connection's.
///
/// Its head is sent with the first payload; until then the response can become a refusal.
///
/// `@unchecked Sendable`: everything mutable is touched on the writer's loop only; every method hops there first.
final class StreamedAnswer: @unchecked Sendable {
    private let writer: any ResponseWriter
    private let loop: any EventLoop
    private let envelope: Envelope
    private var hasBegun = false
    private var isAborted = false
    /// Whether the response has ended; after the end no closure may be set on the writer, which would keep it for ever.
    private var hasEnded = false

    /// Observes the client from the start: the client may leave before the response reaches its connection on another loop.
    ///
    /// Called on the writer's loop.
    init(_ writer: any ResponseWriter, envelope: Envelope) {
        self.writer = writer
        self.envelope = envelope
        loop = writer.eventLoop
        writer.onAbort = { [weak self] in self?.isAborted = true }
    }

    /// Calls the closures on the response's loop: one with whether the client has room for more, one when the client has left, or at once if
    /// it has left already.
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

    /// Sends a payload; `full` is called, on the response's loop, if the client has no room for more.
    func write(_ payload: ByteBuffer, full: @escaping @Sendable () -> Void) {
        onLoop { answer in
            answer.begin()
            answer.writer.write(answer.envelope.wrap(payload))
            if !answer.writer.isWritable { full() }
        }
    }

    /// Ends the response.
    func finish() {
        onLoop { answer in
            answer.hasEnded = true
            answer.begin()
            answer.writer.finish()
        }
    }

    /// Answers with a refusal, or ends the response if it has begun.
    func refuse(_ refusal: RefusalBody) {
        onLoop { answer in
            answer.hasEnded = true
            guard !answer.hasBegun else { return answer.writer.finish() }
            answer.writer.status = refusal.httpStatus
            answer.writer.headers[.contentType] = refusal.contentType
            answer.writer.finish(refusal.body)
        }
    }

    /// Closes the TCP connection at once.
    func abort() {
        onLoop { answer in
            answer.hasEnded = true
            answer.writer.abort()
        }
    }

    /// Sends the head and the opening bytes that make browsers process the response.
    private func begin() {
        guard !hasBegun else { return }
        hasBegun = true
        writer.headers[.contentType] = envelope.contentType
        // Old browsers need the opening bytes uncompressed.
        writer.headers[.cacheControl] = "no-store, no-transform"
        writer.isChunked = envelope.isChunked
        writer.write(envelope.opening)
    }

    private func onLoop(_ body: @escaping @Sendable (StreamedAnswer) -> Void) {
        if loop.inEventLoop { body(self) } else { loop.execute { body(self) } }
    }
}
