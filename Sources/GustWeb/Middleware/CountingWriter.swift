import GustHTTP
import HTTPTypes
import NIOCore

/// Counts the bytes of a streamed response, and reports its end once.
///
/// Must be used on the event loop of ``writer``.
final class CountingWriter: ForwardingWriter {
    let writer: any ResponseWriter
    private let report: (End) -> Void
    private let awaitsWriting: Bool
    private var bytes = 0
    private var hasEnded = false
    /// Whether the handler has ended the response, or the client has left.
    private var isOver = false
    private var hasClientLeft = false
    /// Released with the end of the response, as other writers do it: the closure may keep the connection that keeps this writer.
    var onAbort: (() -> Void)? {
        didSet {
            guard isOver, let onAbort else { return }
            self.onAbort = nil
            if hasClientLeft { onAbort() }
        }
    }

    /// What is known when a response has ended.
    struct End {
        let status: HTTPResponse.Status
        /// How many bytes the body had.
        let bytes: Int
        /// Whether the connection ended before the response.
        let isAborted: Bool
    }

    /// Makes a writer in front of `writer`.
    ///
    /// - Parameters:
    ///   - writer: the writer of the server.
    ///   - awaitsWriting: whether the response ends when its last bytes have been handed to the operating system, and not when the
    ///     handler has finished it.
    ///   - report: called once, on the loop, with the end of the response.
    init(_ writer: any ResponseWriter, awaitsWriting: Bool = false, _ report: @escaping (End) -> Void) {
        self.writer = writer
        self.report = report
        self.awaitsWriting = awaitsWriting
        // This retain cycle ends with the response, when the writer releases the closure.
        writer.onAbort = {
            self.hasClientLeft = true
            self.end(isAborted: true)
            let onAbort = self.onAbort
            self.release()
            onAbort?()
        }
    }

    func write(_ bytes: ByteBuffer) {
        self.bytes += bytes.readableBytes
        writer.write(bytes)
    }

    func write(_ region: FileRegion) {
        bytes += region.readableBytes
        writer.write(region)
    }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        self.bytes += bytes.readableBytes
        release()
        guard awaitsWriting else {
            end(isAborted: false)
            return writer.finish(bytes, completion: completion)
        }
        writer.finish(bytes) { isWritten in
            self.end(isAborted: !isWritten)
            completion?(isWritten)
        }
    }

    func abort() {
        release()
        end(isAborted: true)
        writer.abort()
    }

    private func release() {
        isOver = true
        onAbort = nil
    }

    private func end(isAborted: Bool) {
        guard !hasEnded else { return }
        hasEnded = true
        report(End(status: writer.status, bytes: bytes, isAborted: isAborted))
    }
}
