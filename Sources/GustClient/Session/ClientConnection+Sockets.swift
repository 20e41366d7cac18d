import GustHTTP
import GustWire
import Logging
import NIOCore
import Synchronization

/// The sockets of the connection, and what concerns all of them.
extension ClientConnection {
    /// The socket of a namespace, one for each; a slash at its beginning may be missing.
    func socket(named namespace: String, _ credentials: ClientSocket.Credentials?) -> ClientSocket {
        let name = namespace.utf8.first == UInt8(ascii: "/") ? namespace : "/" + namespace
        // All are released without the lock: what the handlers of the last reference own may ask for a socket at its end.
        let (socket, others) = known.withLock { known in
            let others = known.compactMap(\.socket)
            known = others.map { KnownSocket(socket: $0) }
            if let socket = others.first(where: { $0.namespace.hasSameBytes(as: name) }) { return (socket, others) }
            let made = ClientSocket(name, self)
            known.append(KnownSocket(socket: made))
            return (made, others)
        }
        withExtendedLifetime(others) {}
        if let credentials { run { if !$0.machine.isClosed { socket.use(credentials) } } }
        return socket
    }

    /// The connection keeps the sockets that are connected or want to be; the program keeps the others.
    func keep(_ socket: ClientSocket) {
        if let index = sockets.firstIndex(where: { $0 === socket }) {
            guard !socket.isWanted else { return }
            sockets.remove(at: index)
            resumeFlushed()
        } else if socket.isWanted {
            sockets.append(socket)
        }
    }

    /// A socket wants to be connected.
    func wantsConnection() {
        perform(machine.connect())
    }

    /// A socket doesn't want to be connected any more; the connection ends with the last one.
    func dismissIfUnused() {
        guard !machine.isIdle, !machine.isClosed, sockets.isEmpty else { return }
        perform(machine.disconnect(isFinal: false))
    }

    /// The socket of a namespace leaves before the server has answered; it is taken leave of then.
    func abandon(_ namespace: String) { abandoned.append(namespace) }

    /// Whether the server hasn't answered a socket of the namespace that has left.
    func hasAbandoned(_ namespace: String) -> Bool { abandoned.contains { $0.hasSameBytes(as: namespace) } }

    /// The server has answered; whether the answer is for a socket that has left.
    func forgetAbandoned(_ namespace: String) -> Bool {
        guard let index = abandoned.firstIndex(where: { $0.hasSameBytes(as: namespace) }) else { return false }
        abandoned.remove(at: index)
        return true
    }

    /// Tells the server that the socket of a namespace leaves.
    func sayGoodbye(_ namespace: String) {
        if namespace.utf8.elementsEqual("/".utf8) { implicitRoot = .left }
        let socket = known.withLock { $0.compactMap(\.socket) }.first { $0.namespace.hasSameBytes(as: namespace) }
        socket?.lastFarewell = (sessionNumber, eventLoop.now)
        send(.disconnect(namespace: namespace))
        flushSoon()
    }

    func disconnectSockets(_ error: ClientError) {
        sessionNumber += 1
        // All of them first: what the program sends when it is told is kept for the next connection.
        let tellings = sockets.map { $0.lostConnection(error) }
        takeMail()
        for tell in tellings { tell() }
        endFlushes(error)
    }

    func giveUp(_ error: ClientError) {
        takeMail()
        endFlushes(error)
        for socket in sockets { socket.gaveUp(error) }
    }

    /// The program closes the client for good; `finish` is called when no connection is left.
    func close(_ finish: @escaping @Sendable () -> Void) {
        // A handler that is called by an effect closes the client after the other effects.
        guard !isPerforming else { return eventLoop.execute { self.close(finish) } }
        guard !machine.isClosed else { return whenClosed(finish) }
        for socket in sockets { socket.sayGoodbye() }
        perform(machine.disconnect(isFinal: true))
        endFlushes(.closed)
        for socket in known.withLock({ $0.compactMap(\.socket) }) { socket.closed() }
        errorHandlers.removeAll()
        observers.finish()
        whenClosed(finish)
    }

    /// Tells the program about an error that no call throws.
    func report(_ error: any Error, _ socket: ClientSocket?, _ event: String?) {
        guard !errorHandlers.isEmpty else {
            var metadata = ["server": "\(server.authority)"]
            if let event { metadata["event"] = event }
            return logger.warning("\(error)", metadata: metadata.mapValues { .string($0) })
        }
        errorHandlers.call((error, socket, event))
    }

    // MARK: Back-pressure

    /// Reads nothing from the server until ``resumeReading()`` was called as often.
    func pauseReading() {
        pauses += 1
        if pauses == 1 { link?.setReading(false) }
    }

    func resumeReading() {
        pauses -= 1
        guard pauses == 0 else { return }
        lastHeard = eventLoop.now
        link?.setReading(true)
    }

    /// An `async` handler has been started.
    func startedHandler() {
        suspendedHandlers += 1
        if suspendedHandlers == settings.limits.maximumSuspendedHandlers { pauseReading() }
    }

    func finishedHandler() {
        suspendedHandlers -= 1
        if suspendedHandlers == settings.limits.maximumSuspendedHandlers - 1 { resumeReading() }
    }
}

/// A socket that the program may have released.
struct KnownSocket: Sendable {
    weak var socket: ClientSocket?
}

extension SocketClient {
    /// Cuts the transport without a word, as a network failure does; for tests and benchmarks of recovery.
    package func cutConnection() {
        connection.run { $0.fail(.transportClosed) }
    }
}
