import GustHTTP
import Logging
import NIOCore
import NIOPosix

/// The listeners of extensions.
extension HTTPServer {
    /// An extension that has begun.
    struct RunningExtension {
        let listening: any ListeningExtension
        let socket: ListeningSocket
        let channel: any Channel
    }

    /// Opens the listeners of all extensions of the handler, or none.
    func beginExtensions(
        on group: MultiThreadedEventLoopGroup,
        _ loops: [LoopContext]
    ) async throws -> [RunningExtension] {
        var parts: [ObjectIdentifier: [any ExtendingHandler]] = [:]
        var extensions: [any ListeningExtension] = []
        for part in shared.handler.extendingParts {
            guard let listening = part.serverExtension as? any ListeningExtension else { continue }
            let key = ObjectIdentifier(listening)
            if parts[key] == nil { extensions.append(listening) }
            parts[key, default: []].append(part)
        }
        var running: [RunningExtension] = []
        do {
            for listening in extensions {
                let opened = try await open(listening, on: group, loops)
                running.append(opened)
                await listening.begin(
                    at: opened.channel.localAddress,
                    parts[ObjectIdentifier(listening)] ?? [],
                    on: loops.map(\.executor)
                )
            }
        } catch {
            await stop(running)
            await end(running)
            throw error
        }
        return running
    }

    private func open(
        _ listening: any ListeningExtension,
        on group: MultiThreadedEventLoopGroup,
        _ loops: [LoopContext]
    ) async throws -> RunningExtension {
        let listener = listening.listener
        let socket = try ListeningSocket.open(listener, backlog: configuration.backlog)
        var limits = configuration.limits
        // Room for the fields that another server adds to the request of a client.
        limits.headLength += 2_048
        limits.fieldCount += 4
        let shared = HTTPServerShared(
            handler: listening.listenerHandler,
            limits: limits,
            dialects: shared.dialects,
            logger: logger
        )
        do {
            let channel = try await accept(socket, on: group, loops) { [self] channel, loop in
                guard admission.admit(channel, isClient: false) else { throw ConnectionRefused() }
                let handler = HTTPConnectionHandler(server: shared, loop: loop, storage: listening.makeStorage())
                try channel.pipeline.syncOperations.addHandler(handler)
            }
            logger.debug("listening for other nodes on \(listener.text(channel.localAddress))")
            return RunningExtension(listening: listening, socket: socket, channel: channel)
        } catch {
            socket.file?.remove()
            throw ListenError(address: listener.text(), underlyingError: error)
        }
    }

    /// Closes the listeners of extensions.
    func stop(_ running: [RunningExtension]) async {
        for opened in running {
            opened.socket.file?.remove()
            // A listener that has been closed by an error needs no second close.
            try? await opened.channel.close().get()
            await opened.listening.stop()
        }
    }

    /// Ends extensions whose listeners have been closed.
    func end(_ running: [RunningExtension]) async {
        for opened in running { await opened.listening.end() }
    }
}
