import GustHTTP
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// One connection of a server without a network, on a loop whose clock the test advances.
///
/// At its end, the connection is closed, the clock passes every deadline, and all objects of the connection must have been
/// deallocated: each of them holds the server's shared configuration, so it is enough to see that this is gone.
final class Wire {
    let channel: EmbeddedChannel
    let loop: EmbeddedEventLoop
    let context: LoopContext
    private weak var shared: HTTPServerShared?

    init(
        limits: HTTPLimits = HTTPLimits(),
        dialects: Set<WebSocketDialect> = Set(WebSocketDialect.allCases),
        flashPolicy: FlashPolicy? = nil,
        _ handler: any Handler
    ) throws {
        channel = EmbeddedChannel()
        loop = channel.embeddedEventLoop
        context = LoopContext(executor: LoopExecutor(loop))
        let shared = HTTPServerShared(
            handler: handler,
            limits: limits,
            dialects: dialects,
            flashPolicy: flashPolicy,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        self.shared = shared
        try channel.pipeline.syncOperations.addHandler(HTTPConnectionHandler(server: shared, loop: context))
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
        loop.advanceTime(by: .hours(24))
        #expect(shared == nil, "an object of the connection was not deallocated")
    }

    /// Answers every request with its method, path and body.
    static func echo(limits: HTTPLimits = HTTPLimits()) throws -> Wire {
        try Wire(limits: limits, EchoHandler())
    }

    /// Sends text and returns what the server has sent since the last call, without `Date` fields.
    @discardableResult
    func send(_ text: String) throws -> String {
        try send(ByteBuffer(string: text))
    }

    @discardableResult
    func send(_ bytes: ByteBuffer) throws -> String {
        if channel.isActive { try channel.writeInbound(bytes) }
        return try received()
    }

    /// The text that the server has sent since the last call, without `Date` fields.
    func received() throws -> String {
        String(buffer: try receivedBytes()).replacing(#/Date: [^\r]*\r\n/#, with: "")
    }

    func receivedBytes() throws -> ByteBuffer {
        loop.run()
        var all = ByteBuffer()
        while let data = try channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(var bytes) = data { all.writeBuffer(&bytes) }
        }
        return all
    }

    var isOpen: Bool { channel.isActive }
}

/// Answers with the method, path and body of the request.
struct EchoHandler: Handler {
    func answer(_ request: Request) -> Answer {
        let response = Response(
            body: .stream { writer in
                request.body.collect(upTo: 1_000) { result in
                    switch result {
                    case .success(let body):
                        writer.finish(ByteBuffer(string: "\(request.method) \(request.path) \(String(buffer: body))"))
                    case .failure(let error):
                        writer.status = error.status
                        writer.finish(ByteBuffer(string: error.message))
                    }
                }
            }
        )
        return .ready(response)
    }
}
