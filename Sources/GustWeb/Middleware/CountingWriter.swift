import GustHTTP
import HTTPTypes
import NIOCore

/// Counts the bytes of a streamed response, and logs its end once.
///
/// Must be used on the event loop of ``writer``.
final class CountingWriter: ForwardingWriter {
    let writer: any ResponseWriter
    private let entry: AccessLog.Entry
    private var bytes = 0
    private var hasEnded = false
    var onAbort: (() -> Void)?

    init(_ writer: any ResponseWriter, entry: AccessLog.Entry) {
        self.writer = writer
        self.entry = entry
        // This retain cycle ends with the response, when the writer releases the closure.
        writer.onAbort = {
            self.end(isAborted: true)
            self.onAbort?()
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
        end(isAborted: false)
        writer.finish(bytes, completion: completion)
    }

    func abort() {
        end(isAborted: true)
        writer.abort()
    }

    private func end(isAborted: Bool) {
        guard !hasEnded else { return }
        hasEnded = true
        entry.write(writer.status, bytes: bytes, isAborted: isAborted)
    }
}
