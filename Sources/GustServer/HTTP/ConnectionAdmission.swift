import NIOCore
import Synchronization

/// Admits connections up to the limits, in total and for each address, and keeps the list of open connections.
final class ConnectionAdmission: Sendable {
    private struct State {
        var channels = ObjectSet<any Channel>()
        var byAddress: [String: Int] = [:]  // bytes: addresses as the system writes them
    }

    private let limits: HTTPLimits
    private let state = Mutex(State())

    init(_ limits: HTTPLimits) {
        self.limits = limits
    }

    /// The number of open connections.
    var count: Int { state.withLock { $0.channels.count } }

    /// Counts a new connection until it closes; false if the connection exceeds a limit.
    ///
    /// - Parameters:
    ///   - channel: The channel of the connection.
    ///   - isClient: Whether the peer is the client; for a proxy, ``admit(_:from:)`` follows with the address of the client.
    /// - Returns: Whether the connection is admitted.
    func admit(_ channel: any Channel, isClient: Bool = true) -> Bool {
        let isAdmitted = state.withLock { state in
            if limits.maximumConnections > 0, state.channels.count >= limits.maximumConnections { return false }
            state.channels.insert(channel)
            return true
        }
        guard isAdmitted else { return false }
        guard !isClient || admit(channel, from: channel.remoteAddress) else {
            state.withLock { $0.channels.remove(channel) }
            return false
        }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels.remove(channel) } }
        return true
    }

    /// Counts the client of a connection until the connection closes; false if there are too many from its address.
    func admit(_ channel: any Channel, from client: SocketAddress?) -> Bool {
        guard limits.maximumConnectionsPerAddress > 0, let address = client?.ipAddress else { return true }
        let isAdmitted = state.withLock { state in
            guard state.byAddress[address, default: 0] < limits.maximumConnectionsPerAddress else { return false }
            state.byAddress[address, default: 0] += 1
            return true
        }
        if isAdmitted { channel.closeFuture.whenComplete { _ in self.release(address) } }
        return isAdmitted
    }

    /// Closes all connections at once.
    func closeAll() {
        for channel in state.withLock({ $0.channels.elements }) { channel.close(promise: nil) }
    }

    private func release(_ address: String) {
        state.withLock { state in
            let count = state.byAddress[address, default: 1] - 1
            state.byAddress[address] = count > 0 ? count : nil
        }
    }
}
