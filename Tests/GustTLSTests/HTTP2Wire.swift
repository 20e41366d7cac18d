#if TLS
import GustHTTP
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import Testing

@testable import GustServer
@testable import GustTLS

/// One connection of HTTP/2 without TLS and without a network, on a loop whose clock the test advances.
///
/// The client is SwiftNIO's, or the test sends bytes. At its end, all objects of the connection must have been deallocated: each of
/// them holds the server's shared configuration.
final class HTTP2Wire {
    /// What the client has received on one stream.
    struct Answer {
        var status: String?
        var informational: [String] = []
        var headers = HPACKHeaders()
        var body = ByteBuffer()
        /// The fields behind the body; nil if there were none.
        var trailers: HPACKHeaders?
        var hasEnded = false
        var reset: NIOHTTP2.HTTP2ErrorCode?
        var text: String { String(buffer: body) }
    }

    let loop = EmbeddedEventLoop()
    let server: EmbeddedChannel
    let client: EmbeddedChannel
    let context: LoopContext
    private(set) var answers: [Int: Answer] = [:]
    private(set) var goAways: [(last: Int, code: NIOHTTP2.HTTP2ErrorCode)] = []
    private(set) var windowUpdates: [Int: Int] = [:]
    private weak var shared: HTTPServerShared?
    /// Whether the client answers with window updates, as an ordinary client does when it has read the bytes.
    var readsBodies = true
    /// Whether bytes of the server reach the client.
    var carriesAnswers = true
    private var nextStream = 1

    init(
        limits: HTTPLimits = HTTPLimits(),
        settings: HTTP2Settings = [],
        storage: RequestStorage = RequestStorage(),
        isRaw: Bool = false,
        _ handler: any Handler = ImmediateHandler { request in "\(request.method) \(request.path) \(request.scheme)" }
    ) throws {
        server = EmbeddedChannel(loop: loop)
        client = EmbeddedChannel(loop: loop)
        server.allowRemoteHalfClosure = true
        context = LoopContext(executor: LoopExecutor(loop, offloader: SameThread()))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let shared = HTTPServerShared(handler: handler, limits: limits, logger: logger)
        self.shared = shared
        let address = try SocketAddress(ipAddress: "192.0.2.1", port: 1)
        server.connect(to: address, promise: nil)
        try HTTPConnectionStart(server: shared, loop: context).addHTTP2(to: server, storage: storage)
        try server.pipeline.syncOperations.addHandler(ErrorSink())
        guard !isRaw else { return }
        try client.pipeline.syncOperations.addHandlers([
            NIOHTTP2Handler(mode: .client, initialSettings: settings), ErrorSink(),
        ])
        client.connect(to: address, promise: nil)
        try pump()
    }

    deinit {
        client.close(promise: nil)
        server.close(promise: nil)
        loop.advanceTime(by: .hours(24))
        #expect(shared == nil, "an object of the connection was not deallocated")
    }

    var isOpen: Bool { server.isActive }

    /// Sends the head of a request; returns its stream.
    @discardableResult
    func request(
        _ method: String = "GET",
        _ path: String = "/",
        _ fields: [(String, String)] = [],
        endStream: Bool = true
    ) throws -> Int {
        let stream = nextStream
        nextStream += 2
        let pseudo = [(":method", method), (":scheme", "https"), (":path", path), (":authority", "example.com")]
        try head(pseudo + fields, on: stream, endStream: endStream)
        return stream
    }

    /// Sends a head as it is.
    func head(_ fields: [(String, String)], on stream: Int, endStream: Bool = true) throws {
        try send(.headers(.init(headers: HPACKHeaders(fields), endStream: endStream)), on: stream)
    }

    func data(_ bytes: ByteBuffer, on stream: Int, endStream: Bool = false, padding: Int? = nil) throws {
        try send(.data(.init(data: .byteBuffer(bytes), endStream: endStream, paddingBytes: padding)), on: stream)
    }

    func send(_ payload: HTTP2Frame.FramePayload, on stream: Int) throws {
        client.writeAndFlush(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload), promise: nil)
        try pump()
    }

    /// The answer on a stream.
    func answer(_ stream: Int) throws -> Answer {
        try pump()
        return answers[stream] ?? Answer()
    }

    /// Carries bytes in both directions until none are left.
    func pump() throws {
        var moves = true
        while moves {
            moves = false
            loop.run()
            while let data = try client.readOutbound(as: IOData.self) {
                moves = true
                if case .byteBuffer(let bytes) = data, server.isActive { try server.writeInbound(bytes) }
            }
            while carriesAnswers, let bytes = try server.readOutbound(as: ByteBuffer.self) {
                moves = true
                if client.isActive { try client.writeInbound(bytes) }
            }
            while let frame = try client.readInbound(as: HTTP2Frame.self) {
                moves = true
                take(frame)
            }
        }
    }

    private func take(_ frame: HTTP2Frame) {
        let stream = Int(frame.streamID)
        switch frame.payload {
        case .headers(let head):
            let status = head.headers.first(name: ":status") ?? ""
            if status.utf8.first == UInt8(ascii: "1") {
                answers[stream, default: Answer()].informational.append(status)
            } else if status.isEmpty {
                answers[stream, default: Answer()].trailers = head.headers
                if head.endStream { answers[stream, default: Answer()].hasEnded = true }
            } else {
                answers[stream, default: Answer()].status = status
                answers[stream, default: Answer()].headers = head.headers
                if head.endStream { answers[stream, default: Answer()].hasEnded = true }
            }
        case .data(let data):
            guard case .byteBuffer(let bytes) = data.data else { return }
            answers[stream, default: Answer()].body.writeImmutableBuffer(bytes)
            if data.endStream { answers[stream, default: Answer()].hasEnded = true }
            guard readsBodies, bytes.readableBytes > 0 else { return }
            let update = HTTP2Frame.FramePayload.windowUpdate(windowSizeIncrement: bytes.readableBytes)
            client.write(HTTP2Frame(streamID: 0, payload: update), promise: nil)
            if !data.endStream { client.write(HTTP2Frame(streamID: frame.streamID, payload: update), promise: nil) }
            client.flush()
        case .rstStream(let code): answers[stream, default: Answer()].reset = code
        case .goAway(let last, let code, _): goAways.append((Int(last), code))
        case .windowUpdate(let increment): windowUpdates[stream, default: 0] += increment
        default: break
        }
    }

    // MARK: Bytes

    /// Sends bytes to the server; returns the frames that the server has sent since the last call.
    @discardableResult
    func send(raw bytes: [UInt8]) throws -> [RawFrame] {
        if server.isActive { try server.writeInbound(ByteBuffer(bytes: bytes)) }
        return try rawFrames()
    }

    func rawFrames() throws -> [RawFrame] {
        loop.run()
        var all = ByteBuffer()
        while var bytes = try server.readOutbound(as: ByteBuffer.self) { all.writeBuffer(&bytes) }
        return RawFrame.read(&all)
    }

    /// Does blocking work on the thread of the test.
    private struct SameThread: Offloader {
        func run(_ work: @escaping @Sendable (Bool) -> Void) { work(true) }
    }

    /// Drops the errors that pass the last handler, which `writeInbound` would throw.
    private final class ErrorSink: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame
        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }
}
#endif
