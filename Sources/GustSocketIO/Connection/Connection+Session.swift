import GustHTTP
import Logging
import Synchronization

/// The user's data, and the end that a browser's session brings.
extension Connection {
    /// The user's data: the browser's session if the handshake came with one, else one of this connection, made when it is
    /// first asked for; asked from anywhere.
    var session: Session {
        if let session = handshake.storage[SessionKey.self] { return session }
        return sessionBox.withLock { box in
            if let session = box { return session }
            let session = Session(
                id: sid,
                store: server.settings.sessionStore,
                limit: server.settings.maximumSessionSize
            )
            box = session
            return session
        }
    }

    /// Ends the connection when the browser's session ends, because somebody signed out, or in.
    func followSession() {
        guard server.settings.endsWithSession, let session = handshake.storage[SessionKey.self] else { return }
        // By the table: a weak reference would make each retain of this object take the runtime's slow path.
        let observation = session.onEnd { [server, sid] in
            server.connections[sid]?.run { $0.close(.forcedServerClose) }
        }
        if machine.hasEnded { observation.cancel() } else { sessionObservation = observation }
    }

    /// A session of the connection's own ends with it: what was saved of it is taken out of the store.
    func forgetSession() {
        guard let session = sessionBox.withLock({ $0 }), session.isSaved else { return }
        session.destroy()
        let logger = server.logger
        Task {
            do {
                try await session.save()
            } catch {
                logger.warning("a connection's session wasn't removed", metadata: ["error": "\(error)"])
            }
        }
    }
}
