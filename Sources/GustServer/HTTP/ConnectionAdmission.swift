import NIOCore
import Synchronization

/// Admits connections up to the limits, in total and for each address, and keeps the list of open connections.
final class ConnectionAdmission: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
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
    func admit(_ channel: any Channel) -> Bool {
        let address = limits.maximumConnectionsPerAddress > 0 ? channel.remoteAddress?.ipAddress : nil
        let key = ObjectIdentifier(channel)
        let isAdmitted = state.withLock { state in
            if limits.maximumConnections > 0, state.channels.count >= limits.maximumConnections { return false }
            if let address {
                guard state.byAddress[address, default: 0] < limits.maximumConnectionsPerAddress else { return false }
                state.byAddress[address, default: 0] += 1
            }
            state.channels[key] = channel
            return true
        }
        if isAdmitted {
            channel.closeFuture.whenComplete { _ in self.release(key, address) }
        }
        return isAdmitted
    }

    /// Closes all connections at once.
    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    private func release(_ key: ObjectIdentifier, _ address: String?) {
        state.withLock { state in
            state.channels[key] = nil
            guard let address else { return }
            let count = state.byAddress[address, default: 1] - 1
            state.byAddress[address] = count > 0 ? count : nil
        }
    }
}
