import Foundation
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

/// A writer that records what is written; it reads file regions immediately.
final class RecordingWriter: ResponseWriter {
    let hasPeerFinished = false
    let eventLoop: any EventLoop
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var isWritable = true
    var isChunked = true
    var onWritable: (() -> Void)?
    var onAbort: (() -> Void)?
    private(set) var pieces: [ByteBuffer] = []
    private(set) var isFinished = false
    private(set) var isAborted = false
    private(set) var regions = 0

    init(_ response: Response, eventLoop: any EventLoop) {
        status = response.status
        headers = response.headers
        self.eventLoop = eventLoop
    }

    var body: ByteBuffer { pieces.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) } }

    func write(_ bytes: ByteBuffer) { pieces.append(bytes) }

    func write(_ region: FileRegion) {
        regions += 1
        var bytes = ByteBuffer()
        try? region.fileHandle.withUnsafeFileDescriptor { descriptor in
            _ = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: region.readableBytes) { space in
                max(0, pread(descriptor, space.baseAddress, region.readableBytes, off_t(region.readerIndex)))
            }
        }
        pieces.append(bytes)
    }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        if bytes.readableBytes > 0 { pieces.append(bytes) }
        isFinished = true
        completion?(true)
    }

    func abort() {
        isAborted = true
        onAbort?()
    }
}
