import GustHTTP
import Synchronization

/// The session of one id, shared by all requests and sockets with this id.
///
/// The id never changes. When a session is renewed or destroyed, its core ends, and the ``Session`` that did it continues with
/// a successor. For all others that hold the core the session has ended, which prevents session fixation.
package final class SessionCore: Sendable {
    /// The id.
    package let id: String
    private let state: Mutex<SessionState>
    private let store: any SessionStore
    private let limit: Int
    private let claim: SessionClaim
    /// The sessions of browsers that are in use; nil for a session that is bound to a connection.
    private let live: LiveSessions?

    /// Makes a session without values.
    ///
    /// - Parameters:
    ///   - id: The id.
    ///   - store: The store for the values.
    ///   - limit: The maximum length of all keys and values together, in bytes.
    ///   - live: The sessions of browsers that are in use, to which this one isn't added yet; nil for a session that is bound to a
    ///     connection.
    ///   - claim: The properties by which a full store selects the sessions to remove.
    package init(
        id: String,
        store: any SessionStore,
        limit: Int,
        live: LiveSessions? = nil,
        claim: SessionClaim = SessionClaim()
    ) {
        self.id = id
        self.store = store
        self.limit = limit
        self.live = live
        self.claim = claim
        state = Mutex(SessionState())
    }

    deinit { live?.forget(id) }

    /// Whether the session is that of a browser, so that it can be renewed.
    var isRenewable: Bool { live != nil }

    /// Whether the session has ended.
    package var hasEnded: Bool { state.withLock { $0.isEnded } }

    /// Whether the store contains the session.
    package var isSaved: Bool { state.withLock { $0.isSaved } }

    // bytes: a copy for the caller.
    var keys: Set<String> { state.withLock { Set($0.values.keys.map(\.string)) } }

    func text(_ key: ByteText) -> String? { state.withLock { $0.values[key] } }

    func set(_ text: String, for key: ByteText) throws(SessionError) {
        try state.withLock { state throws(SessionError) in
            guard !state.isEnded else { throw .ended }
            var size = key.string.utf8.count + text.utf8.count
            for (other, text) in state.values where other != key { size += other.string.utf8.count + text.utf8.count }
            guard size <= limit else { throw .tooLarge }
            state.change(key, to: text)
        }
    }

    func remove(_ key: ByteText) {
        state.withLock { state in
            if state.values[key] != nil { state.change(key, to: nil) }
        }
    }

    /// Discards all values of a session that is bound to a connection; the session keeps its id.
    func clear() {
        state.withLock { state in
            state.retired.append(id)
            state.clear()
        }
    }

    /// Ends the session and makes its successor with a new id.
    ///
    /// - Parameter keepsValues: Whether the successor gets the values; a session that has already ended has none.
    /// - Returns: The successor, and the actions to call after all locks have been released.
    func succeed(keepsValues: Bool) -> (core: SessionCore, endActions: [@Sendable () -> Void]) {
        let successor = SessionCore(
            id: LiveSessions.makeID(),
            store: store,
            limit: limit,
            live: live,
            claim: SessionClaim(origin: claim.origin, isRenewed: keepsValues)
        )
        let (next, actions) = state.withLock { state in
            var next = SessionState()
            next.isDestroyed = !keepsValues
            if !state.isEnded {
                next.retired = state.retired + [id]
                if keepsValues {
                    next.values = state.values
                    next.changedKeys = state.changedKeys
                }
            }
            next.version = 1
            return (next, state.end())
        }
        successor.state.withLock { $0 = next }
        live?.replace(self, by: successor)
        return (successor, actions)
    }

    /// Ends the session without a successor, because its store doesn't contain it any more.
    package func end() {
        let actions = state.withLock { $0.end() }
        live?.remove(self)
        for action in actions { action() }
    }

    /// Adds an action to call when the session ends.
    ///
    /// - Returns: The number of the action; nil if the session has already ended.
    func onEnd(_ action: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            guard !state.isEnded else { return nil }
            state.nextAction += 1
            state.endActions[state.nextAction] = action
            return state.nextAction
        }
    }

    func cancel(_ action: Int) { state.withLock { _ = $0.endActions.removeValue(forKey: action) } }

    /// Saves the values in the store if something has changed or if `always` is set.
    func save(always: Bool) async throws {
        guard let save = state.withLock({ $0.pendingSave(always: always) }) else { return }
        // The entry of the old id is removed last, so that an error before that loses no values.
        if let values = save.values {
            if let memory = store as? MemorySessionStore {
                memory.save(SessionValues(values), for: id, claim)
            } else {
                try await store.save(SessionValues(values), for: id)
            }
            // If the session has ended during the save, the entry that was just written is removed.
            if hasEnded { return try await store.remove(id) }
        }
        for retired in save.retired where save.values == nil || retired != id { try await store.remove(retired) }
        state.withLock { $0.confirm(save) }
    }

    /// Saves the values in the store if something has changed, synchronously.
    func saveInPlace(in store: any ImmediateSessionStore) throws {
        guard let save = state.withLock({ $0.pendingSave(always: false) }) else { return }
        if let values = save.values {
            if let memory = store as? MemorySessionStore {
                memory.save(SessionValues(values), for: id, claim)
            } else {
                try store.save(SessionValues(values), for: id)
            }
            if hasEnded { return try store.remove(id) }
        }
        for retired in save.retired where save.values == nil || retired != id { try store.remove(retired) }
        state.withLock { $0.confirm(save) }
    }

    /// The state from which the middleware makes the cookie.
    var standing: Session.Standing {
        state.withLock { state in
            Session.Standing(
                id: id,
                isWorthKnowing: !state.isEnded && (state.isSaved || state.isHeld),
                isDestroyed: !state.isEnded && state.isDestroyed
            )
        }
    }

    /// Replaces the values by those of the store, except values that have been changed here and not saved yet.
    package func adopt(_ values: SessionValues) {
        state.withLock { state in
            guard !state.isEnded else { return }
            var merged = values.texts
            for key in state.changedKeys { merged[key] = state.values[key] }
            state.values = merged
            state.isSaved = true
        }
    }

    /// Marks the session as used by a connection, and adds it to the sessions in use.
    func hold() {
        live?.insert(self)
        state.withLock { $0.isHeld = true }
    }
}

/// The properties of a session by which a full store selects the sessions to remove.
package struct SessionClaim: Sendable {
    /// The network of the first request of the session; nil if it is unknown.
    package var origin: [UInt8]?
    /// Whether the session was renewed, as applications do when a visitor logs in.
    package var isRenewed = false

    package init(origin: [UInt8]? = nil, isRenewed: Bool = false) {
        self.origin = origin
        self.isRenewed = isRenewed
    }
}
