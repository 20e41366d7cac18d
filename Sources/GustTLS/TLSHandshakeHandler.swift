#if TLS
import GustHTTP
import GustServer
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// Waits for the end of the TLS handshake, then begins the protocol that the client has chosen by ALPN (RFC 7301).
///
/// The handshake has the deadline of a request's head.
final class TLSHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let start: HTTPConnectionStart
    private var deadline: Scheduled<Void>?

    init(_ start: HTTPConnectionStart) {
        self.start = start
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = NIOLoopBound(context.channel, eventLoop: context.eventLoop)
        let logger = start.logger
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(start.limits.headTimeout)) {
            logger.debug("a TLS handshake took too long")
            channel.value.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? TLSUserEvent, case .handshakeCompleted(let name) = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        deadline?.cancel()
        do {
            try begin(name, context)
        } catch {
            start.logger.error("can't begin HTTP", metadata: ["error": "\(error)"])
            return context.close(promise: nil)
        }
        // TLS delivers the first bytes after this event, so the successor receives them.
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        start.logger.debug("a TLS handshake failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    private func begin(_ name: String?, _ context: ChannelHandlerContext) throws {
        var storage = RequestStorage()
        let tls = try context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        if let certificate = tls.peerCertificate {
            storage[ClientCertificateKey.self] = ClientCertificate(certificate)
        }
        // ALPN chooses one of the names that the server offers. bytes: the name is one of two constants.
        if let name, name.utf8.elementsEqual("h2".utf8) {
            try start.addHTTP2(to: context.channel, storage: storage)
        } else {
            try start.addHTTP1(to: context.channel, storage: storage)
        }
    }
}
#endif
