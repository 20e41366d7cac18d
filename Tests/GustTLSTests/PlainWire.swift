#if TLS
import GustHTTP
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer
@testable import GustTLS

/// One connection of a server over TLS, whose client sends bytes without TLS.
final class PlainWire {
    let server = EmbeddedChannel()
    var loop: EmbeddedEventLoop { server.embeddedEventLoop }

    init(_ settings: TLSSettings = TestFiles.settings(), limits: HTTPLimits = HTTPLimits()) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let shared = HTTPServerShared(handler: ImmediateHandler { _ in "" }, limits: limits, logger: logger)
        let setup = TLSConnectionSetup(settings)
        try await setup.prepare()
        server.allowRemoteHalfClosure = true
        let context = LoopContext(executor: LoopExecutor(server.embeddedEventLoop))
        try setup.setUp(server, HTTPConnectionStart(server: shared, loop: context))
        server.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
    }

    deinit {
        // TLS waits for the peer when it is closed, so the deadline ends the channel.
        server.close(promise: nil)
        loop.advanceTime(by: .hours(24))
    }

    var isOpen: Bool { server.isActive }

    /// Sends bytes, and returns what the server has sent as text.
    @discardableResult
    func send(_ bytes: [UInt8]) throws -> String {
        try server.writeInbound(ByteBuffer(bytes: bytes))
        var all = ByteBuffer()
        while var more = try server.readOutbound(as: ByteBuffer.self) { all.writeBuffer(&more) }
        return String(buffer: all)
    }
}
#endif
