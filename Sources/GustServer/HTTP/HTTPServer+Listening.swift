import GustHTTP
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Listening and accepting.
extension HTTPServer {
    /// The sockets that this server listens on, by the names of their listeners.
    ///
    /// The descriptors are copies, which other programs don't inherit, and which the caller must close. Empty unless the server listens.
    package func copyListeners() throws(SocketFailure) -> [(name: String, descriptor: CInt)] {
        try sockets.copies()
    }

    /// Leaves connections in the queues of the sockets, from which another process accepts them next.
    package func pauseAccepting() async { await setAutoRead(false) }

    /// Accepts connections again after ``pauseAccepting()``.
    package func resumeAccepting() async { await setAutoRead(true) }

    private func setAutoRead(_ isOn: Bool) async {
        // A listener that is closed meanwhile accepts nothing.
        for channel in sockets.channels { try? await channel.setOption(.autoRead, value: isOn).get() }
    }

    /// Leaves the files of the Unix sockets in place when the server stops, because another process listens on the sockets now.
    package func handOver() { sockets.keepFiles() }

    /// Opens all listeners, or none.
    func listen(
        _ listeners: [HTTPListener],
        on group: MultiThreadedEventLoopGroup,
        _ loops: [LoopContext]
    ) async throws(ListenError) -> [any Channel] {
        var opened: [ListeningSocket] = []
        for (index, listener) in listeners.enumerated() {
            do {
                opened.append(try ListeningSocket.open(listener, backlog: configuration.backlog))
            } catch {
                for socket in opened { socket.discard() }
                for listener in listeners[index...] {
                    if case .descriptor(let descriptor, _) = listener.place { SocketDescriptor.close(descriptor) }
                }
                throw error
            }
        }
        await configuration.beforeAccepting?()
        var channels: [any Channel] = []
        for (listener, socket) in zip(listeners, opened) {
            do {
                channels.append(try await accept(listener, socket, on: group, loops))
            } catch {
                for channel in channels { channel.close(promise: nil) }
                for socket in opened { socket.file?.remove() }
                for socket in opened.dropFirst(channels.count + 1) { socket.discard() }
                throw ListenError(address: listener.text(), underlyingError: error)
            }
        }
        sockets.begin(zip(listeners, opened).map { ($0.name, $1) }, channels)
        return channels
    }

    /// Accepts connections on `socket` and distributes them to `loops`, the loops of `group`.
    func accept(
        _ listener: HTTPListener,
        _ socket: ListeningSocket,
        on group: MultiThreadedEventLoopGroup,
        _ loops: [LoopContext]
    ) async throws -> any Channel {
        try await accept(socket, on: group, loops) { [self] channel, loop in
            try begin(channel, of: listener, HTTPConnectionStart(server: shared, loop: loop))
        }
    }

    /// Accepts connections on `socket` and distributes them to `loops`, the loops of `group`; `begin` adds the handlers of a connection, on its
    /// loop.
    func accept(
        _ socket: ListeningSocket,
        on group: MultiThreadedEventLoopGroup,
        _ loops: [LoopContext],
        _ begin: @escaping @Sendable (any Channel, LoopContext) throws -> Void
    ) async throws -> any Channel {
        let backlog = CInt(clamping: configuration.backlog)
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // SwiftNIO has set a shorter queue, as it does for a socket that it hasn't made.
                    Self.setBacklog(backlog, of: socket.descriptor)
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            // Connections inherit both options of the socket from the listener.
            // Keep-alive probes detect a peer that is gone without a FIN or RST, even on a WebSocket without pings.
            .serverChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops.first(where: { $0.executor.eventLoop === channel.eventLoop }) else { return }
                    try Self.setOptions(of: channel, loop)
                    try begin(channel, loop)
                }
            }
        if !socket.isUnix { bootstrap = bootstrap.serverChannelOption(.tcpOption(.tcp_nodelay), value: 1) }
        return try await bootstrap.withBoundSocket(socket.descriptor).get()
    }

    /// Sets the options of an accepted connection.
    ///
    /// In place, because options of the bootstrap cost several futures for each connection.
    private static func setOptions(of channel: any Channel, _ loop: LoopContext) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.recvAllocator, value: ReadBufferAllocator(loop))
        // With one read a burst, a burst has either bytes or the end of the input; the handlers rely on it.
        try options.setOption(.maxMessagesPerRead, value: 1)
        // A client that shuts down its sending side may still read its responses.
        try options.setOption(.allowRemoteHalfClosure, value: true)
    }

    private static func setBacklog(_ backlog: CInt, of descriptor: CInt) {
        #if canImport(Glibc)
        _ = Glibc.listen(descriptor, backlog)
        #elseif canImport(Musl)
        _ = Musl.listen(descriptor, backlog)
        #else
        _ = Darwin.listen(descriptor, backlog)
        #endif
    }

    /// Adds the handlers of an accepted connection.
    private func begin(_ channel: any Channel, of listener: HTTPListener, _ start: HTTPConnectionStart) throws {
        guard let proxies = listener.proxyProtocol, proxies.expectsHeader(from: channel.remoteAddress) else {
            guard admission.admit(channel) else { throw ConnectionRefused() }
            return try start.begin(channel, listener.connectionSetup)
        }
        guard admission.admit(channel, isClient: false) else { throw ConnectionRefused() }
        let admission = admission
        let setup = listener.connectionSetup
        let header = ProxyHeaderHandler(proxies.timeout, start.loop, logger) { [unowned channel] client in
            guard admission.admit(channel, from: client ?? channel.remoteAddress) else { throw ConnectionRefused() }
            var start = start
            start.clientAddress = client
            try start.begin(channel, setup)
        }
        try channel.pipeline.syncOperations.addHandler(header)
    }
}

extension HTTPConnectionStart {
    /// Begins TLS if there is a setup, and HTTP otherwise.
    fileprivate func begin(_ channel: any Channel, _ setup: (any ConnectionSetup)?) throws {
        guard let setup else {
            let handler = HTTPConnectionHandler(server: server, loop: loop, clientAddress: clientAddress)
            return try channel.pipeline.syncOperations.addHandler(handler)
        }
        try setup.setUp(channel, self)
    }
}
