import GustHTTP
import Synchronization

/// The sessions in use in this process, by id, so that all requests and sockets of a browser share one session.
///
/// The sessions are held weakly. A lock is held for the time of a dictionary look-up.
package final class LiveSessions: Sendable {
    private struct Reference {
        weak var core: SessionCore?
    }

    private struct State {
        var references: [ByteText: Reference] = [:]
        /// The ids of the sessions that ended most recently; the store may still contain them for a moment.
        var ended: Set<ByteText> = []
        /// The ids of `ended`, in the order in which they ended; a ring whose oldest element is at `oldest`.
        var order: [ByteText] = []
        var oldest = 0

        /// Notes that a session has ended; if it is in use, the reference stays until the session itself has ended.
        mutating func end(_ id: ByteText, isInUse: Bool = false) {
            if !isInUse { references[id] = nil }
            guard ended.insert(id).inserted else { return }
            if order.count < LiveSessions.maximumEnded {
                order.append(id)
            } else {
                ended.remove(order[oldest])
                order[oldest] = id
                oldest = (oldest + 1) % order.count
            }
        }
    }

    /// The maximum number of ids of ended sessions that are kept.
    private static let maximumEnded = 4_096

    private let state = Mutex(State())

    package init() {}

    /// A new id: 24 characters with 144 random bits.
    package static func makeID() -> String { RandomText.make(24) }

    /// The number of sessions in use.
    package var count: Int { state.withLock { $0.references.count } }

    /// The session with the given id; nil if it isn't in use.
    package subscript(id: String) -> SessionCore? {
        state.withLock { $0.references[ByteText(id)]?.core }
    }

    /// Whether the session with the given id ended in this process recently, so that its values in a store are out of date.
    package func hasEnded(_ id: String) -> Bool { state.withLock { $0.ended.contains(ByteText(id)) } }

    /// Adds a session; if a session with the same id is in use, returns that session instead.
    ///
    /// A session that ended recently isn't added.
    @discardableResult package func insert(_ core: SessionCore) -> SessionCore {
        let id = ByteText(core.id)
        return state.withLock { state in
            if let present = state.references[id]?.core { return present }
            if !state.ended.contains(id) { state.references[id] = Reference(core: core) }
            return core
        }
    }

    /// The sessions in use of a user, and those with the given ids.
    func sessions(of user: ByteText, or ids: [String]) -> [SessionCore] {
        let ids = Set(ids.map { ByteText($0) })
        let cores = state.withLock { state in
            for id in ids { state.end(id, isInUse: state.references[id]?.core != nil) }
            return state.references.values.compactMap(\.core)
        }
        return cores.filter { ids.contains(ByteText($0.id)) || $0.identity?.user == user }
    }

    /// Replaces a session that has ended by its successor.
    func replace(_ core: SessionCore, by successor: SessionCore) {
        state.withLock { state in
            state.end(ByteText(core.id))
            state.references[ByteText(successor.id)] = Reference(core: successor)
        }
    }

    /// Removes a session that has ended.
    func remove(_ core: SessionCore) { state.withLock { $0.end(ByteText(core.id)) } }

    /// Removes the reference to a session that has been deinitialised.
    func forget(_ id: String) {
        let id = ByteText(id)
        state.withLock { state in
            // Another session with the same id may have been added meanwhile.
            if state.references[id]?.core == nil { state.references[id] = nil }
        }
    }
}
