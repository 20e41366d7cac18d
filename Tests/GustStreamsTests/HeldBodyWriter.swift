import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

/// A writer whose connection has room only while a test says so, and which records what is written.
final class HeldBodyWriter: ServerResponseWriter {
    let executor: LoopExecutor
    var status = HTTPResponse.Status.ok
    var headers = HTTPFields()
    var isChunked = true
    var isWritable = true {
        didSet { if isWritable, !oldValue { onWritable?() } }
    }
    let hasPeerFinished = false
    var carriesBody = true
    var trailers: HTTPFields?
    var onWritable: (() -> Void)?
    var onAbort: (() -> Void)?
    var onShutdown: (() -> Void)?
    private(set) var bytes = ByteBuffer()
    private(set) var pieces: [String] = []
    private(set) var end: End?
    private(set) var interim: [Int] = []
    private(set) var reported: [any Error] = []
    /// How many pieces the connection takes before it has no more room.
    var room = Int.max

    enum End { case finished, aborted }

    init(_ loop: EmbeddedEventLoop) {
        executor = LoopExecutor(loop)
    }

    var eventLoop: any EventLoop { executor.eventLoop }

    func write(_ bytes: ByteBuffer) {
        self.bytes.writeImmutableBuffer(bytes)
        pieces.append(String(buffer: bytes))
        room -= 1
        if room == 0 { isWritable = false }
    }

    func write(_ region: FileRegion) {}

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        if bytes.readableBytes > 0 { pieces.append(String(buffer: bytes)) }
        end = .finished
        completion?(true)
    }

    func abort() { end = .aborted }

    func sendInterim(_ status: HTTPResponse.Status, _ headers: HTTPFields) { interim.append(status.code) }

    func report(_ error: any Error) { reported.append(error) }

    /// Begins the body of a response.
    func begin(_ response: Response) {
        status = response.status
        headers = response.headers
        if case .stream(let body) = response.body { body(self) }
    }

    /// The client disconnects.
    func leave() {
        isWritable = false
        onAbort?()
    }
}
