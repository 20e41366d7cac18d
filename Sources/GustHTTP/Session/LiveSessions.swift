import Synchronization

/// The sessions of browsers that somebody in this process holds, by id: so that all requests and sockets of a browser
/// share one.
///
/// Holds them weakly. A lock guards it, for the time of a dictionary's look-up.
package final class LiveSessions: Sendable {
    private struct Reference {
        weak var core: SessionCore?
    }

    private struct State {
        var references: [ByteText: Reference] = [:]
        /// Ids of sessions that ended last, which a store may still know for a moment.
        var ended: Set<ByteText> = []
        /// The same in the order they ended; the oldest is at `oldest`.
        var order: [ByteText] = []
        var oldest = 0

        mutating func end(_ id: ByteText) {
            references[id] = nil
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

    /// How many ids of ended sessions are remembered.
    private static let maximumEnded = 4_096

    private let state = Mutex(State())

    package init() {}

    /// A new id: 144 random bits.
    package static func makeID() -> String { RandomText.make(24) }

    /// How many there are.
    package var count: Int { state.withLock { $0.references.count } }

    /// The session of that id, if somebody holds it.
    package subscript(id: String) -> SessionCore? {
        state.withLock { $0.references[ByteText(id)]?.core }
    }

    /// Whether the session of that id ended in this process lately: what a store says of it is out of date.
    package func hasEnded(_ id: String) -> Bool { state.withLock { $0.ended.contains(ByteText(id)) } }

    /// Adds a session, unless there is one of that id, which is given back instead.
    @discardableResult package func insert(_ core: SessionCore) -> SessionCore {
        let id = ByteText(core.id)
        return state.withLock { state in
            if let present = state.references[id]?.core { return present }
            if !state.ended.contains(id) { state.references[id] = Reference(core: core) }
            return core
        }
    }

    /// A session ended, and another follows it.
    func replace(_ core: SessionCore, by successor: SessionCore) {
        state.withLock { state in
            state.end(ByteText(core.id))
            state.references[ByteText(successor.id)] = Reference(core: successor)
        }
    }

    /// A session ended.
    func remove(_ core: SessionCore) { state.withLock { $0.end(ByteText(core.id)) } }

    /// A session is gone.
    func forget(_ id: String) {
        let id = ByteText(id)
        state.withLock { state in
            // Another may have come in its place meanwhile.
            if state.references[id]?.core == nil { state.references[id] = nil }
        }
    }
}
