import GustHTTP
import GustServer
import Logging

/// Decides which inherited socket belongs to which listener.
struct ListenerChoice {
    private let wanted: [Listener]
    private let inherited: [InheritedSocket]
    private let logger: Logger

    init(_ wanted: [Listener], _ inherited: [InheritedSocket], _ logger: Logger) {
        self.wanted = wanted
        self.inherited = inherited
        self.logger = logger
    }

    /// The listeners of the server: a listener has the socket that the previous process used for it, or makes a new one.
    ///
    /// Inherited sockets that no listener wants are closed.
    /// - Throws: ``ServingError`` if there is no listener, or if a socket is missing; all inherited sockets are closed then.
    func listeners() throws(ServingError) -> [HTTPListener] {
        var left = inherited
        var chosen: [[HTTPListener]] = wanted.map { _ in [] }
        do throws(ServingError) {
            // The listener for all other sockets comes last, wherever it stands.
            for (index, listener) in wanted.enumerated() where !listener.takesRest {
                chosen[index] = try take(listener, &left)
            }
            for (index, listener) in wanted.enumerated() where listener.takesRest {
                chosen[index] = left.map { configured(.descriptor($0.descriptor, socketFile: nil), $0.name, listener) }
                left = []
            }
            guard chosen.contains(where: { !$0.isEmpty }) else { throw ServingError(.noListeners) }
        } catch {
            for socket in inherited { SocketDescriptor.close(socket.descriptor) }
            throw error
        }
        for socket in left {
            logger.warning("closed an inherited socket that no listener wants", metadata: ["name": "\(socket.name)"])
            SocketDescriptor.close(socket.descriptor)
        }
        return chosen.flatMap { $0 }
    }

    private func take(_ listener: Listener, _ left: inout [InheritedSocket]) throws(ServingError) -> [HTTPListener] {
        switch listener.place {
        case .tcp(let host, let port):
            let name = SocketName.tcp(host, port: port)
            let socket = Self.first(name, &left)
            return [
                configured(socket.map { .descriptor($0, socketFile: nil) } ?? .host(host, port: port), name, listener)
            ]
        case .unix(let path):
            let name = SocketName.unix(path)
            let socket = Self.first(name, &left)
            let place: HTTPListener.Place =
                socket.map { .descriptor($0, socketFile: path) } ?? .unixSocket(path: path)
            return [configured(place, name, listener)]
        case .inherited(let name):
            guard let name else { return [] }
            let sockets = left.filter { $0.name.hasSameBytes(as: name) }
            guard !sockets.isEmpty || inherited.isEmpty else {
                throw ServingError(.noSocket(named: name, among: inherited.map(\.name)))
            }
            left.removeAll { $0.name.hasSameBytes(as: name) }
            return sockets.map { configured(.descriptor($0.descriptor, socketFile: nil), $0.name, listener) }
        }
    }

    private static func first(_ name: String, _ left: inout [InheritedSocket]) -> CInt? {
        guard let index = left.firstIndex(where: { $0.name.hasSameBytes(as: name) }) else { return nil }
        return left.remove(at: index).descriptor
    }

    private func configured(_ place: HTTPListener.Place, _ name: String, _ listener: Listener) -> HTTPListener {
        var configured = HTTPListener(place, name: name)
        configured.reusesPort = listener.reusesPort
        configured.isIPv6Only = listener.isIPv6Only
        configured.mode = listener.mode
        configured.connectionSetup = listener.connectionSetup
        configured.proxyProtocol = listener.proxyProtocol
        return configured
    }
}

extension Listener {
    /// Whether the listener stands for all inherited sockets that no other listener has.
    fileprivate var takesRest: Bool { if case .inherited(nil) = place { true } else { false } }
}
