#if TLS
import GustHTTP
import Logging
import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS
import Testing

@testable import GustServer
@testable import GustTLS

/// One connection of a server over TLS and its client, without a network, on a loop whose clock the test advances.
///
/// At its end, all objects of the connection must have been deallocated: each of them holds the server's shared configuration.
final class TLSWire {
    let loop = EmbeddedEventLoop()
    let server: EmbeddedChannel
    let client: EmbeddedChannel
    let context: LoopContext
    let setup: TLSConnectionSetup
    private weak var shared: HTTPServerShared?
    private let observer = ClientObserver()

    init(
        _ settings: TLSSettings = TestFiles.settings(),
        setup: TLSConnectionSetup? = nil,
        client configuration: TLSConfiguration? = nil,
        serverName: String? = "localhost",
        limits: HTTPLimits = HTTPLimits(),
        handler: any Handler = ImmediateHandler { request in "\(request.method) \(request.path) \(request.scheme)" }
    ) async throws {
        server = EmbeddedChannel(loop: loop)
        client = EmbeddedChannel(loop: loop)
        server.allowRemoteHalfClosure = true
        context = LoopContext(executor: LoopExecutor(loop))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let shared = HTTPServerShared(handler: handler, limits: limits, logger: logger)
        self.shared = shared
        self.setup = setup ?? TLSConnectionSetup(settings)
        if setup == nil { try await self.setup.prepare() }
        try self.setup.setUp(server, HTTPConnectionStart(server: shared, loop: context))
        let tls = try NIOSSLContext(configuration: try configuration ?? TestFiles.client())
        let clientHandler = try NIOSSLClientHandler(context: tls, serverHostname: serverName)
        try client.pipeline.syncOperations.addHandlers([clientHandler, observer])
        let address = try SocketAddress(ipAddress: "192.0.2.1", port: 1)
        server.connect(to: address, promise: nil)
        client.connect(to: address, promise: nil)
        try pump()
    }

    deinit {
        // TLS waits for the peer when it is closed, so the deadlines end the channels.
        client.close(promise: nil)
        server.close(promise: nil)
        loop.advanceTime(by: .hours(24))
        #expect(shared == nil, "an object of the connection was not deallocated")
    }

    /// The protocol that was chosen by ALPN; nil before the end of the handshake, or without one.
    var negotiated: String? { observer.negotiated }
    /// Whether the client has ended its handshake.
    var isEstablished: Bool { observer.isEstablished }
    /// The errors of the client.
    var errors: [String] { observer.errors.map { "\($0)" } }
    /// The certificate that the server has shown.
    var serverCertificate: NIOSSLCertificate? {
        try? client.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self).peerCertificate
    }
    var isOpen: Bool { server.isActive }

    /// Carries bytes in both directions until none are left.
    func pump() throws {
        var moves = true
        while moves {
            moves = false
            loop.run()
            while let bytes = try client.readOutbound(as: ByteBuffer.self) {
                moves = true
                if server.isActive { ignoringErrors { try server.writeInbound(bytes) } }
            }
            while let bytes = try server.readOutbound(as: ByteBuffer.self) {
                moves = true
                if client.isActive { ignoringErrors { try client.writeInbound(bytes) } }
            }
        }
    }

    /// An error that passes the last handler is thrown by `writeInbound`; the tests look at ``errors``.
    private func ignoringErrors(_ body: () throws -> Void) {
        do { try body() } catch { observer.errors.append(error) }
    }

    /// Sends text to the server, and returns what the server has sent since the last call, without `Date` fields.
    @discardableResult
    func send(_ text: String) throws -> String {
        client.writeAndFlush(ByteBuffer(string: text), promise: nil)
        return try received()
    }

    /// Sends bytes to the server, and returns what the server has sent since the last call.
    func send(_ bytes: [UInt8]) throws -> [UInt8] {
        client.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        return Array(buffer: try receivedBytes())
    }

    func receivedBytes() throws -> ByteBuffer {
        try pump()
        var all = ByteBuffer()
        while var bytes = try client.readInbound(as: ByteBuffer.self) { all.writeBuffer(&bytes) }
        return all
    }

    func received() throws -> String {
        String(buffer: try receivedBytes()).replacing(#/Date: [^\r]*\r\n/#, with: "")
    }
}

/// Records what happens to a client.
final class ClientObserver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    var negotiated: String?
    var isEstablished = false
    var errors: [any Error] = []

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted(let name) = event {
            negotiated = name
            isEstablished = true
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
}
#endif
