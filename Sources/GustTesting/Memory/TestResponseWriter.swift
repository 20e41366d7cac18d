import GustHTTP
import HTTPTypes
import NIOCore

/// Collects a streamed answer in memory.
final class TestResponseWriter: ResponseWriter {
    let eventLoop: any EventLoop
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var isChunked = true
    var onWritable: (() -> Void)?
    var onAbort: (() -> Void)?
    private(set) var written = ByteBuffer()
    private(set) var finished: TestResponse?
    private var isAborted = false

    init(eventLoop: any EventLoop, status: HTTPResponse.Status, headers: HTTPFields) {
        self.eventLoop = eventLoop
        self.status = status
        self.headers = headers
    }

    var isWritable: Bool { finished == nil && !isAborted }

    func write(_ bytes: ByteBuffer) {
        guard isWritable else { return }
        written.writeImmutableBuffer(bytes)
    }

    func write(_ region: FileRegion) {
        guard isWritable else { return }
        written.writeString("<file \(region.readerIndex)..<\(region.endIndex)>")
    }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        guard isWritable else {
            completion?(false)
            return
        }
        written.writeImmutableBuffer(bytes)
        finished = TestResponse(status: status, headers: headers, body: written)
        onAbort = nil
        onWritable = nil
        completion?(true)
    }

    func abort() {
        guard isWritable else { return }
        isAborted = true
        onAbort = nil
        onWritable = nil
        finished = TestResponse(status: status, headers: headers, body: written)
    }

    /// The client goes away.
    func abortByPeer() {
        guard isWritable else { return }
        isAborted = true
        let onAbort = onAbort
        self.onAbort = nil
        onWritable = nil
        onAbort?()
    }
}
