import GustHTTP
import NIOCore

/// Connecting and disconnecting; all methods may be called from any thread.
extension ClientSocket {
    /// Connects the socket, and waits until it is connected.
    ///
    /// Meanwhile the client tries as often as ``ClientSettings/reconnection`` allows.
    /// - Parameter time: how long to wait.
    /// - Throws: ``ClientError`` if the server refuses the socket, the client gives up, or the time has passed, with the last error; the
    ///   socket is disconnected then. `CancellationError` if the task is cancelled.
    public func connect(within time: Duration = .seconds(20)) async throws {
        let waiter = Waiter()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.begin(continuation)
                connection.run { connection in self.connect(waiter, within: time) }
            }
        } onCancel: {
            connection.run { _ in self.abandon(waiter, CancellationError()) }
        }
    }

    /// Connects the socket without waiting; ``onConnect(_:)`` tells when it is connected.
    public func open() {
        connection.run { connection in
            guard !connection.machine.isClosed else { return connection.report(ClientError.closed, self, nil) }
            self.want()
        }
    }

    /// Disconnects the socket from its namespace; the connection is closed with the last one of its sockets.
    ///
    /// What waits to be sent is sent before, if the socket is connected.
    public func disconnect() {
        connection.run { _ in self.disconnectByProgram() }
    }

    private func connect(_ waiter: Waiter, within time: Duration) {
        guard !connection.machine.isClosed else { return waiter.resume(.failure(ClientError.closed)) }
        guard phase != .joined else { return waiter.resume(.success(())) }
        joinWaiters.append(waiter)
        want()
        let timer = connection.schedule(in: time) { connection in
            self.abandon(waiter, connection.lastFailure ?? ClientError.timedOut("connecting"))
        }
        waiter.limit(by: timer)
    }

    /// A call doesn't wait any longer for the socket to be connected.
    private func abandon(_ waiter: Waiter, _ error: any Error) {
        guard joinWaiters.contains(where: { $0 === waiter }) else { return waiter.resume(.failure(error)) }
        joinWaiters.removeAll { $0 === waiter }
        waiter.resume(.failure(error))
        if joinWaiters.isEmpty { disconnectByProgram() }
    }
}
