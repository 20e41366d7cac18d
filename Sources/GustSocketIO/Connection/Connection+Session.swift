import GustHTTP
import GustSessions
import Logging
import Synchronization

/// The session of a connection.
extension Connection {
    /// The session of the browser if the handshake had one, otherwise a session of this connection.
    ///
    /// The latter is made at the first access. May be called from any thread.
    var session: Session {
        if let session = handshake.storage[SessionKey.self] { return session }
        return ownSession.value {
            Session(
                id: sid,
                store: io.settings.sessionStore,
                limit: io.settings.maximumSessionSize
            )
        }
    }

    /// Ends the connection when the session of the browser ends, because its user signed out or in.
    func followSession() {
        guard io.settings.endsWithSession, let session = handshake.storage[SessionKey.self] else { return }
        // The connection is looked up in the table: a weak reference would make each retain of this object slow.
        let observation = session.onEnd { [io, sid] in
            io.connections[sid]?.run { $0.expel() }
        }
        if machine.hasEnded { observation.cancel() } else { sessionObservation = observation }
    }

    /// Disconnects the sockets at once, then closes the connection.
    ///
    /// A polling connection is open until the next poll fetches the close packet, which may never come: the middleware in front of the
    /// endpoint refuses it, because the session has ended.
    private func expel() {
        for socket in sockets {
            setSocket(nil, in: socket.namespace.name)
            socket.leaveNamespace(.forcedServerClose)
        }
        close(.forcedServerClose)
    }

    /// Ends a session of this connection's own, and removes it from the store if it was saved.
    func forgetSession() {
        guard let session = ownSession.current(), session.isSaved else { return }
        session.destroy()
        let logger = io.logger
        Task {
            do {
                try await session.save()
            } catch {
                logger.warning("a connection's session wasn't removed", metadata: ["error": "\(error)"])
            }
        }
    }
}
