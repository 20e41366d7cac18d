import Synchronization

/// The sessions of browsers that somebody in this process holds, by id: so that all requests and sockets of a browser
/// have the same object.
///
/// Holds them weakly. A lock guards it, for the time of a dictionary's look-up.
package final class LiveSessions: Sendable {
    private struct Reference {
        weak var session: Session?
    }

    private let references = Mutex<[String: Reference]>([:])

    package init() {}

    /// A new id: 144 random bits.
    package static func makeID() -> String { RandomText.make(24) }

    /// How many there are.
    package var count: Int { references.withLock { $0.count } }

    /// The session of that id, if somebody holds it.
    package subscript(id: String) -> Session? {
        references.withLock { $0[id]?.session }
    }

    /// Adds a session, unless there is one of that id, which is given back instead.
    @discardableResult package func insert(_ session: Session, _ id: String) -> Session {
        references.withLock { references in
            if let present = references[id]?.session { return present }
            references[id] = Reference(session: session)
            return session
        }
    }

    /// A session got another id; it isn't found by its old one any more.
    func rename(_ session: Session, from oldID: String, to newID: String) {
        references.withLock { references in
            references[oldID] = nil
            references[newID] = Reference(session: session)
        }
    }

    /// A session is gone.
    func forget(_ id: String) {
        references.withLock { references in
            // Another may have come in its place meanwhile.
            if references[id]?.session == nil { references[id] = nil }
        }
    }
}
