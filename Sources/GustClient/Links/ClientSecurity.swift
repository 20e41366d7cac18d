import GustDigest
import NIOCore
import Synchronization

#if TLS
import GustHTTP
import NIOSSL
import NIOTLS
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// TLS for a client: the context is made once, when the first `https` connection is opened.
final class ClientSecurity: Sendable {
    private let settings: ClientTLS
    #if TLS
    private let made = Mutex<SecuredChannel?>(nil)
    #endif

    init(_ settings: ClientTLS) { self.settings = settings }

    /// What secures a channel.
    ///
    /// - Throws: an error if the package is built without its trait, or a certificate can't be read.
    func tools() throws -> SecuredChannel {
        #if TLS
        try made.withLock { made in
            if let made { return made }
            do {
                let new = try SecuredChannel(settings)
                made = new
                return new
            } catch let error as ClientError {
                throw error
            } catch {
                throw ClientError.unusableSetting("TLS: \(error)")
            }
        }
        #else
        throw ClientError.unusableSetting("https needs the trait TLS of the package gust")
        #endif
    }
}

#if TLS
/// Secures channels with the certificates of one client's settings.
struct SecuredChannel: Sendable {
    private let context: NIOSSLContext
    private let pins: Set<[UInt8]>

    init(_ settings: ClientTLS) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        switch settings.trustRoots {
        case .system: configuration.trustRoots = .default
        case .file(let path):
            configuration.trustRoots = .certificates(try Self.read(path) { try NIOSSLCertificate.fromPEMFile($0) })
        case .pem(let bytes): configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(bytes))
        }
        if let file = settings.certificateFile {
            let chain = try Self.read(file) { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.certificateChain = chain.map { .certificate($0) }
        }
        if let file = settings.keyFile {
            configuration.privateKey = .privateKey(try Self.read(file) { try NIOSSLPrivateKey(file: $0, format: .pem) })
        }
        pins = Set(
            try settings.pinnedKeys.map { text in
                guard let digest = Data(base64Encoded: text), digest.count == 32 else {
                    throw ClientError.unusableSetting("the pinned key \(text) isn't a SHA-256 digest in base64")
                }
                return [UInt8](digest)
            }
        )
        context = try NIOSSLContext(configuration: configuration)
    }

    /// Reads a file; the error names it.
    private static func read<Value>(_ file: String, _ body: (String) throws -> Value) throws -> Value {
        do {
            return try body(file)
        } catch {
            throw ClientError.unusableSetting("the file \(file) can't be read, or isn't in PEM form (\(error))")
        }
    }

    /// Adds TLS to a channel; the future fails if the handshake fails or the server has none of the pinned keys.
    func add(to channel: any Channel, _ server: ServerURL) throws -> EventLoopFuture<Void> {
        // The certificate of a server on a Unix socket is one for `localhost`.
        let name = if case .host(let host, _) = server.place { host } else { "localhost" }
        // Server Name Indication has no addresses (RFC 6066 §3); the certificate is checked against the address nevertheless.
        let handler = try NIOSSLClientHandler(context: context, serverHostname: server.isAddress ? nil : name)
        let waiting = HandshakeHandler(name, pins, handler, channel.eventLoop)
        try channel.pipeline.syncOperations.addHandlers(handler, waiting)
        return waiting.outcome
    }
}

/// Waits for the TLS handshake, so that nothing is sent to a server whose certificate or key isn't trusted.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let name: String
    private let pins: Set<[UInt8]>
    private let handler: NIOSSLClientHandler
    private let promise: EventLoopPromise<Void>
    private var isDone = false

    /// Whether the handshake has succeeded.
    var outcome: EventLoopFuture<Void> { promise.futureResult }

    init(_ name: String, _ pins: Set<[UInt8]>, _ handler: NIOSSLClientHandler, _ eventLoop: any EventLoop) {
        self.name = name
        self.pins = pins
        self.handler = handler
        promise = eventLoop.makePromise()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? TLSUserEvent, case .handshakeCompleted = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        end(isPinned ? .success(()) : .failure(ClientError.connectionFailed("the server's key isn't a pinned key")))
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(ClientError.connectionFailed(reason(error))))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(ClientError.connectionFailed("the server closed the connection during the TLS handshake")))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end(.failure(ClientError.transportClosed)) }

    /// The usual reasons in plain words.
    private func reason(_ error: any Error) -> String {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "the server's certificate isn't one for \(name)"
        }
        let text = "\(error)"
        if text.utf8.firstRange(of: "CERTIFICATE_VERIFY_FAILED".utf8) != nil {
            return "the server's certificate isn't of a trusted authority, or isn't valid now (\(text))"
        }
        if text.utf8.firstRange(of: "WRONG_VERSION_NUMBER".utf8) != nil {
            return "the server doesn't speak TLS (\(text))"
        }
        return "TLS: \(text)"
    }

    private var isPinned: Bool {
        guard !pins.isEmpty else { return true }
        // A key that can't be read is none of the pinned ones.
        guard let key = try? handler.peerCertificate?.extractPublicKey().toSPKIBytes() else { return false }
        return pins.contains(key.withUnsafeBytes { Digest.sha256($0) })
    }

    private func end(_ result: Result<Void, any Error>) {
        guard !isDone else { return }
        isDone = true
        promise.completeWith(result)
    }
}
#else
/// Nothing secures a channel without the trait.
struct SecuredChannel: Sendable {
    func add(to channel: any Channel, _ server: ServerURL) throws -> EventLoopFuture<Void> {
        channel.eventLoop.makeFailedFuture(
            ClientError.unusableSetting("https needs the trait TLS of the package gust")
        )
    }
}
#endif
