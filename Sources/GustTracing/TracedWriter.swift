#if Tracing
import GustHTTP
import HTTPTypes
import NIOCore

/// Ends the span of a streamed response with the response.
///
/// Must be used on the event loop of ``writer``.
final class TracedWriter: ForwardingWriter {
    let writer: any ResponseWriter
    private let span: RequestSpan
    var onAbort: (() -> Void)?

    init(_ writer: any ResponseWriter, _ span: RequestSpan) {
        self.writer = writer
        self.span = span
        // This retain cycle ends with the response, when the writer releases the closure.
        writer.onAbort = {
            span.end(self.status)
            let onAbort = self.onAbort
            self.onAbort = nil
            onAbort?()
        }
    }

    func write(_ bytes: ByteBuffer) { writer.write(bytes) }

    func write(_ region: FileRegion) { writer.write(region) }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        span.end(writer.status)
        // The closure may keep the connection that keeps this writer.
        onAbort = nil
        writer.finish(bytes, completion: completion)
    }

    func abort() {
        span.end(writer.status)
        onAbort = nil
        writer.abort()
    }
}
#endif
