import GustHTTP
import HTTPTypes
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Collects a streamed response in memory.
final class TestResponseWriter: ServerResponseWriter {
    /// `false`: a client in memory has no sending side to shut down.
    let hasPeerFinished = false
    let executor: LoopExecutor
    let carriesBody: Bool
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var isChunked = true
    var onWritable: (() -> Void)?
    var onAbort: (() -> Void)?
    var onShutdown: (() -> Void)?
    var trailers: HTTPFields?
    private(set) var written = ByteBuffer()
    private(set) var finished: TestResponse?
    private var isAborted = false

    init(executor: LoopExecutor, carriesBody: Bool, status: HTTPResponse.Status, headers: HTTPFields) {
        self.executor = executor
        self.carriesBody = carriesBody
        self.status = status
        self.headers = headers
    }

    var eventLoop: any EventLoop { executor.eventLoop }

    var isWritable: Bool { finished == nil && !isAborted }

    func write(_ bytes: ByteBuffer) {
        guard isWritable else { return }
        written.writeImmutableBuffer(bytes)
    }

    /// Does nothing: a response in memory has no interim responses.
    func sendInterim(_ status: HTTPResponse.Status, _ headers: HTTPFields) {}

    /// Does nothing: the client sees that the response is incomplete.
    func report(_ error: any Error) {}

    func write(_ region: FileRegion) {
        guard isWritable else { return }
        do {
            written.writeImmutableBuffer(try Self.read(region))
        } catch {
            // As over TCP, where the rest of the response is missing in this case.
            abort()
        }
    }

    /// Reads the bytes of a region; fewer if the file has become shorter.
    private static func read(_ region: FileRegion) throws -> ByteBuffer {
        try region.fileHandle.withUnsafeFileDescriptor { descriptor in
            var bytes = ByteBuffer()
            var offset = region.readerIndex
            while offset < region.endIndex {
                let count = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: region.endIndex - offset) { space in
                    max(0, pread(descriptor, space.baseAddress, region.endIndex - offset, off_t(offset)))
                }
                guard count > 0 else { break }
                offset += count
            }
            return bytes
        }
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
        onShutdown = nil
        completion?(true)
    }

    func abort() {
        guard isWritable else { return }
        isAborted = true
        onAbort = nil
        onWritable = nil
        onShutdown = nil
        finished = TestResponse(status: status, headers: headers, body: written)
    }

    /// The client has aborted the exchange.
    func abortByPeer() {
        guard isWritable else { return }
        isAborted = true
        let onAbort = onAbort
        self.onAbort = nil
        onWritable = nil
        onShutdown = nil
        onAbort?()
    }
}
