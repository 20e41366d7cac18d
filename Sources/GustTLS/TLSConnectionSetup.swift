#if TLS
import GustHTTP
package import GustServer
package import Logging
package import NIOCore
import NIOSSL
import NIOTLS
import ServiceLifecycle
import UnixSignals

/// Begins TLS on the connections of a server, and HTTP/2 or HTTP/1.1 after the handshake.
package struct TLSConnectionSetup: ConnectionSetup {
    private let settings: TLSSettings
    private let identities: ServerIdentities
    /// Measures ``TLSSettings/reloadInterval``.
    private let clock: any Clock<Duration>

    package init(_ settings: TLSSettings, clock: any Clock<Duration> = ContinuousClock()) {
        self.settings = settings
        self.clock = clock
        identities = ServerIdentities(settings)
    }

    /// Reads the certificates and keys.
    package func prepare() async throws {
        try identities.load()
    }

    /// Reads the files again when they change, and on `SIGHUP`.
    package func run(_ logger: Logger) async {
        await withTaskGroup(of: Void.self) { group in
            if let interval = settings.reloadInterval {
                group.addTask { await watch(every: interval, clock, logger) }
            }
            if settings.reloadsOnHangup {
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) { reload(logger) }
                }
            }
        }
    }

    private func watch(every interval: Duration, _ clock: some Clock<Duration>, _ logger: Logger) async {
        while !Task.isCancelled {
            // An error is the cancellation, which the condition of the loop sees.
            try? await clock.sleep(for: interval)
            if !Task.isCancelled, identities.haveFilesChanged() { reload(logger) }
        }
    }

    /// Reads the files again; if they can't be used, logs the error and keeps what it has.
    func reload(_ logger: Logger) {
        do throws(TLSError) {
            try identities.load()
            logger.info("read the TLS certificates again")
        } catch {
            logger.error("kept the old TLS certificates", metadata: ["error": "\(error)"])
        }
    }

    package func setUp(_ channel: any Channel, _ start: HTTPConnectionStart) throws {
        let handshake = TLSHandshakeHandler(start)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(PlainRequestHandler())
        guard identities.hasSeveral else {
            try pipeline.addHandler(try Self.tls(identities.context(for: nil)))
            return try pipeline.addHandler(handshake)
        }
        let identities = identities
        let eventLoop = channel.eventLoop
        let choice = SNIHandler { [unowned channel] result in
            let name: String? =
                switch result {
                case .hostname(let name): name
                case .fallback: nil
                }
            return eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    try Self.tls(identities.context(for: name)),
                    position: .before(handshake)
                )
            }
        }
        try pipeline.addHandler(ByteToMessageHandler(choice))
        try pipeline.addHandler(handshake)
    }

    private static func tls(_ context: NIOSSLContext?) throws -> NIOSSLServerHandler {
        // `prepare` has loaded at least one identity, or the server doesn't listen.
        guard let context else { throw ChannelError.operationUnsupported }
        return NIOSSLServerHandler(context: context)
    }
}
#endif
