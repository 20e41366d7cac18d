import Synchronization

/// One session under one id: all requests and sockets that came with the id share it.
///
/// Its id never changes. A session that is renewed or destroyed ends, and the ``Session`` that did it goes on with a successor:
/// whoever else holds the core is left with one that has ended (session fixation).
package final class SessionCore: Sendable {
    /// The id.
    package let id: String
    private let state: Mutex<SessionState>
    private let store: any SessionStore
    private let limit: Int
    private let claim: SessionClaim
    /// The sessions of the browsers; nil for one that is bound to a connection.
    private let live: LiveSessions?

    /// A new session.
    ///
    /// - Parameters:
    ///   - id: the id.
    ///   - store: where it keeps what is saved.
    ///   - limit: the longest that all keys and values may be together, in bytes.
    ///   - live: the sessions of the browsers, which it isn't among yet; nil for one that is bound to a connection.
    ///   - claim: what a full store looks at.
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

    /// Whether the session is a browser's, and can get another id.
    var isRenewable: Bool { live != nil }

    /// Whether the session is over.
    package var hasEnded: Bool { state.withLock { $0.isEnded } }

    /// Whether the store knows the session.
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

    /// Forgets all values of a session that is bound to a connection, which keeps its id.
    func clear() {
        state.withLock { state in
            state.retired.append(id)
            state.clear()
        }
    }

    /// Ends the session, and makes the one that follows it under a new id.
    ///
    /// - Parameter keepsValues: whether the values go over; those of a session that has ended before are gone.
    /// - Returns: the session that follows, and what to do without a lock.
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

    /// Ends the session without a successor: its store doesn't know it any more.
    package func end() {
        let actions = state.withLock { $0.end() }
        live?.remove(self)
        for action in actions { action() }
    }

    /// Calls `action` at the end.
    ///
    /// - Returns: its number; nil if the session has ended already.
    func onEnd(_ action: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            guard !state.isEnded else { return nil }
            state.nextAction += 1
            state.endActions[state.nextAction] = action
            return state.nextAction
        }
    }

    func cancel(_ action: Int) { state.withLock { _ = $0.endActions.removeValue(forKey: action) } }

    /// Keeps the values in the store, if something changed or `always` is set.
    func save(always: Bool) async throws {
        guard let save = state.withLock({ $0.pendingSave(always: always) }) else { return }
        // The old entry goes last: what fails in between loses nothing.
        if let values = save.values {
            if let memory = store as? MemorySessionStore {
                memory.save(values, for: id, claim)
            } else {
                try await store.save(values, for: id)
            }
            // One that was ended meanwhile must not come back with what was on its way.
            if hasEnded { return try await store.remove(id) }
        }
        for retired in save.retired where save.values == nil || retired != id { try await store.remove(retired) }
        state.withLock { $0.confirm(save) }
    }

    /// Keeps the values in the store, if something changed, without waiting.
    func saveInPlace(in store: any ImmediateSessionStore) throws {
        guard let save = state.withLock({ $0.pendingSave(always: false) }) else { return }
        if let values = save.values {
            if let memory = store as? MemorySessionStore {
                memory.save(values, for: id, claim)
            } else {
                try store.save(values, for: id)
            }
            if hasEnded { return try store.remove(id) }
        }
        for retired in save.retired where save.values == nil || retired != id { try store.remove(retired) }
        state.withLock { $0.confirm(save) }
    }

    /// What the browser should know.
    var standing: Session.Standing {
        state.withLock { state in
            Session.Standing(
                id: id,
                isWorthKnowing: !state.isEnded && (state.isSaved || state.isHeld),
                isDestroyed: !state.isEnded && state.isDestroyed
            )
        }
    }

    /// Takes over what the store has, but for what was changed here and not saved yet.
    package func adopt(_ values: [ByteText: String]) {
        state.withLock { state in
            guard !state.isEnded else { return }
            var merged = values
            for key in state.changedKeys { merged[key] = state.values[key] }
            state.values = merged
            state.isSaved = true
        }
    }

    /// A connection goes on with the session.
    func hold() {
        live?.insert(self)
        state.withLock { $0.isHeld = true }
    }
}

/// What a store that is full looks at to choose the sessions that go.
package struct SessionClaim: Sendable {
    /// The network that the session's first request came from; nil if it is unknown.
    package var origin: [UInt8]?
    /// Whether the session was renewed, as it is when somebody logs in.
    package var isRenewed = false

    package init(origin: [UInt8]? = nil, isRenewed: Bool = false) {
        self.origin = origin
        self.isRenewed = isRenewed
    }
}
