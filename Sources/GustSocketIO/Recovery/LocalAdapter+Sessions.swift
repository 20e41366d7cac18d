import GustAdapter

/// Sessions of this process that other nodes continue.
extension LocalAdapter {
    /// The bounds of the sessions of clients that have lost their connections; nil if clients can't recover.
    var sessionLimits: SessionLimits? { io.settings.recovery.map(SessionLimits.init) }

    /// Ends the socket of this process that has a private id, its connection too, and returns the session.
    func restore(pid: String, offset: String?) async -> SocketSession? {
        guard let socket = io.recoverable[pid], socket.namespace.local === self else { return nil }
        return await withCheckedContinuation { continuation in
            socket.connection.run { connection in
                guard let recovery = socket.recovery else { return continuation.resume(returning: nil) }
                recovery.whenHandedOver {
                    // The server may not have noticed that the connection is lost.
                    if !socket.isLost, !socket.isOver { connection.transportEnded(.transportClose) }
                    guard socket.isLost, let session = socket.sessionToContinue.after(offset) else {
                        return continuation.resume(returning: nil)
                    }
                    socket.forget()
                    continuation.resume(returning: session)
                }
            }
        }
    }
}
