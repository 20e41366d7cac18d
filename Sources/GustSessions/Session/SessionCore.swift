import GustHTTP
import Synchronization

/// The session of one id, shared by all requests and sockets with this id.
///
/// The id never changes. When a session is renewed or destroyed, its core ends, and the ``Session`` that did it continues with
/// a successor. For all others that hold the core the session has ended, which prevents session fixation.
package final class SessionCore: Sendable {
    /// The id.
    package let id: String
    let state: Mutex<SessionState>
    let store: any SessionStore
    private let limit: Int
    let claim: SessionClaim
    let lifetime: SessionLifetime
    /// The sessions of browsers that are in use; nil for a session that is bound to a connection.
    let live: LiveSessions?

    /// Makes a session without values.
    ///
    /// - Parameters:
    ///   - id: The id.
    ///   - store: The store for the values.
    ///   - limit: The maximum length of all keys and values together, in bytes.
    ///   - live: The sessions of browsers that are in use, to which this one isn't added yet; nil for a session that is bound to a
    ///     connection.
    ///   - claim: The properties by which a full store selects the sessions to remove.
    ///   - lifetime: How long the session is kept.
    package init(
        id: String,
        store: any SessionStore,
        limit: Int,
        live: LiveSessions? = nil,
        claim: SessionClaim = SessionClaim(),
        lifetime: SessionLifetime = SessionLifetime()
    ) {
        self.id = id
        self.store = store
        self.limit = limit
        self.live = live
        self.claim = claim
        self.lifetime = lifetime
        var state = SessionState()
        state.created = lifetime.now().seconds
        self.state = Mutex(state)
    }

    deinit { live?.forget(id) }

    /// Whether the session is that of a browser, so that it can be renewed.
    var isRenewable: Bool { live != nil }

    /// Whether the session has ended.
    package var hasEnded: Bool { state.withLock { $0.isEnded } }

    /// Whether the store contains the session.
    package var isSaved: Bool { state.withLock { $0.isSaved } }

    // bytes: a copy for the caller.
    var keys: Set<String> {
        let keys = state.withLock { Array($0.values.keys) }
        return Set(keys.map(\.string).filter { !$0.hasBytePrefix(SessionKey.reservedPrefix) })
    }

    /// Changes a value in one step, so that no change by another request is lost.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - change: Returns the new JSON text for the present one; nil removes the key.
    /// - Throws: The error of `change`; ``SessionError/tooLarge`` or ``SessionError/ended``.
    func update(_ key: ByteText, _ change: (String?) throws -> String?) throws {
        try state.withLock { state in
            guard !state.isEnded else { throw SessionError.ended }
            let text = try change(state.values[key])
            if let text { try check(size: text, for: key, in: state) }
            if text != nil || state.values[key] != nil { state.change(key, to: text) }
        }
    }

    private func check(size text: String, for key: ByteText, in state: SessionState) throws(SessionError) {
        let length = isInCookie ? SessionSeal.length : { (text: String) in text.utf8.count }
        var size = length(key.string) + length(text)
        for (other, text) in state.values where other != key { size += length(other.string) + length(text) }
        guard size <= limit else { throw .tooLarge }
    }

    func text(_ key: ByteText) -> String? { state.withLock { $0.values[key] } }

    func set(_ text: String, for key: ByteText) throws(SessionError) {
        try state.withLock { state throws(SessionError) in
            guard !state.isEnded else { throw .ended }
            try check(size: text, for: key, in: state)
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
            claim: SessionClaim(origin: claim.origin, isRenewed: keepsValues),
            lifetime: lifetime
        )
        let (next, actions) = state.withLock { state in
            var next = SessionState()
            next.created = lifetime.now().seconds
            next.isDestroyed = !keepsValues
            if !state.isEnded {
                next.retired = state.retired + [id]
                if keepsValues {
                    next.values = state.values
                    next.changedKeys = state.changedKeys
                    next.identity = state.identity
                    next.isRemembered = state.isRemembered
                }
            }
            next.changes = 1
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

    func cancel(_ action: Int) {
        let former = state.withLock { $0.endActions.removeValue(forKey: action) }
        // Freed without the lock: what the action owns may use the session at its end.
        withExtendedLifetime(former) {}
    }

    /// The state from which the middleware makes the cookie.
    var standing: Session.Standing {
        state.withLock { state in
            Session.Standing(
                id: id,
                isWorthKnowing: !state.isEnded && (state.isSaved || state.isHeld),
                isDestroyed: !state.isEnded && state.isDestroyed,
                version: state.storedVersion,
                lifetime: lifetime.length(isRemembered: state.isRemembered)
            )
        }
    }

    /// Replaces the values by those of the store, except values that have been changed here and not saved yet.
    package func adopt(_ record: SessionRecord) {
        state.withLock { state in
            state.adopt(record)
            state.needsTouch =
                state.needsTouch
                || lifetime.needsTouch(
                    created: record.created,
                    expires: record.expires,
                    isRemembered: record.isRemembered
                )
        }
    }

    /// The record of the session, as a cookie contains it.
    package var record: SessionRecord {
        state.withLock { state in
            state.record(expires: lifetime.expiry(created: state.created, isRemembered: state.isRemembered))
        }
    }

    /// Whether a cookie contains the session, so that it can only be saved by a response.
    var isInCookie: Bool { store is CookieSessionStore }

    /// The user who has signed in.
    var identity: SessionIdentity? { state.withLock { $0.identity } }

    /// Sets the user.
    func identify(as identity: SessionIdentity, isRemembered: Bool) {
        state.withLock { $0.identify(as: identity, isRemembered: isRemembered) }
    }

    /// Ends the other sessions of a user, in the store and in use, and returns after their end actions have been called.
    ///
    /// - Throws: The error of the store.
    func endOthers(of user: ByteText) async throws {
        let removed = try await store.removeAll(of: user.string, except: id)
        guard let live else { return }
        for core in live.sessions(of: user, or: removed) where core !== self { core.end() }
    }

    /// Marks the session as used by a connection, and adds it to the sessions in use.
    func hold() {
        live?.insert(self)
        state.withLock { $0.isHeld = true }
    }
}
