import Synchronization

/// The user's data bag: values by key, kept in a ``SessionStore`` when they are saved.
///
/// ```swift
/// app.use(try Sessions())
/// app.post("/login") { request in
///     try request.session.renew()
///     try request.session.set("ada", for: "user")
///     return Response.redirect(to: "/")
/// }
/// io.onConnect { socket in
///     let user = try? socket.session.value(String.self, for: "user")
/// }
/// ```
///
/// Behind the middleware `Sessions` it is a browser's: all its requests and sockets have the same one, and within a process
/// the same object, so that each sees at once what another sets. What a request's handler changed is saved at the end of
/// the request; what is changed elsewhere, in a socket's handlers or while an answer is streamed, is kept by ``save()``.
///
/// Without the middleware a Socket.IO session has one of its own, called like it, which lives as long as the connection.
///
/// May be used from anywhere.
public final class Session: Sendable {
    private let state: Mutex<SessionState>
    private let store: any SessionStore
    private let limit: Int
    /// The sessions of the browsers; nil for one that is bound to a connection.
    private let live: LiveSessions?

    /// A session whose id stays: that of one connection.
    ///
    /// - Parameters:
    ///   - id: the id.
    ///   - store: where it keeps what is saved.
    ///   - limit: the longest that all keys and values may be together, in bytes.
    package init(id: String, store: any SessionStore, limit: Int) {
        state = Mutex(SessionState(id: id))
        self.store = store
        self.limit = limit
        live = nil
    }

    /// A session of a browser, which isn't among `live` yet.
    package init(id: String, store: any SessionStore, limit: Int, live: LiveSessions) {
        state = Mutex(SessionState(id: id))
        self.store = store
        self.limit = limit
        self.live = live
    }

    deinit { live?.forget(state.withLock { $0.id }) }

    /// The session's id: a secret of its client.
    ///
    /// That of the connection for one that is bound to a Socket.IO connection; else 24 random characters (144 bits), which
    /// change by ``renew()`` and ``destroy()``.
    public var id: String { state.withLock { $0.id } }

    /// The keys that have a value.
    public var keys: Set<String> { state.withLock { Set($0.values.keys) } }

    /// The value under `key`; nil if there is none.
    ///
    /// - Throws: `DecodingError` if it is of another type.
    public func value<Value: Decodable>(_ type: Value.Type, for key: String) throws -> Value? {
        try state.withLock { $0.values[key] }.map { try SessionJSON.decode(type, from: $0) }
    }

    /// Puts a value under `key`, instead of what was there.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded; ``SessionError/tooLarge`` past the limit of the middleware
    ///   or endpoint, 64 KiB unless said otherwise, and then nothing has changed.
    public func set(_ value: some Encodable, for key: String) throws {
        let text = try SessionJSON.encode(value)
        try state.withLock { state in
            var size = key.utf8.count + text.utf8.count
            for (other, text) in state.values where other != key { size += other.utf8.count + text.utf8.count }
            guard size <= limit else { throw SessionError.tooLarge }
            state.change(key, to: text)
        }
    }

    /// Takes the value under `key` out.
    public func remove(_ key: String) {
        state.withLock { state in
            if state.values[key] != nil { state.change(key, to: nil) }
        }
    }

    /// Gives the session another id, under the same values, and makes the old one worthless.
    ///
    /// Do it whenever somebody logs in: whoever planted a session in the browser before that is left with nothing (session
    /// fixation). The old id is gone with the next save, so at the latest at the end of the request.
    ///
    /// - Throws: ``SessionError/noAnswer`` if no request of the session is being answered, because the browser couldn't be
    ///   told; ``SessionError/boundToConnection`` without the middleware.
    public func renew() throws(SessionError) {
        guard let live else { throw .boundToConnection }
        try state.withLock { state throws(SessionError) in
            guard state.answers > 0 else { throw .noAnswer }
        }
        rename(in: live) { _ in }
    }

    /// Forgets all values, and with the next save, so at the latest at the end of the request, the session itself.
    ///
    /// What is set afterwards belongs to a new session with a new id. Do it when somebody logs out: sockets of the browser
    /// see the values gone at once.
    public func destroy() {
        guard let live else {
            return state.withLock { state in
                state.retired.append(state.id)
                state.clear()
            }
        }
        rename(in: live) { $0.clear() }
    }

    /// The store doesn't know the session of this id any more: forgets all values, unless it got another id meanwhile.
    package func expire(_ id: String) {
        guard let live else { return }
        rename(in: live, ifCalled: id) { $0.clear() }
    }

    private func rename(in live: LiveSessions, ifCalled id: String? = nil, _ change: (inout SessionState) -> Void) {
        let newID = LiveSessions.makeID()
        let oldID = state.withLock { state -> String? in
            let oldID = state.id
            guard id == nil || id == oldID else { return nil }
            state.rename(to: newID)
            change(&state)
            return oldID
        }
        if let oldID { live.rename(self, from: oldID, to: newID) }
    }

    /// Keeps the values in the store.
    ///
    /// - Throws: what the store throws.
    public func save() async throws { try await save(always: true) }

    /// Keeps the values in the store, if something changed or `always` is set.
    package func save(always: Bool) async throws {
        guard let save = state.withLock({ $0.pendingSave(always: always) }) else { return }
        // The old entry goes last: what fails in between loses nothing.
        if let values = save.values { try await store.save(values, for: save.id) }
        for id in save.retired where save.values == nil || id != save.id { try await store.remove(id) }
        state.withLock { $0.confirm(save) }
    }

    /// Keeps the values in the store, if something changed, without waiting.
    package func saveInPlace(in store: any ImmediateSessionStore) throws {
        guard let save = state.withLock({ $0.pendingSave(always: false) }) else { return }
        if let values = save.values { try store.save(values, for: save.id) }
        for id in save.retired where save.values == nil || id != save.id { try store.remove(id) }
        state.withLock { $0.confirm(save) }
    }

    // MARK: For the middleware and the endpoint

    /// What the middleware tells the browser.
    package struct Standing: Sendable {
        /// The id.
        package let id: String
        /// Whether the browser needs to know it: something was saved, or a connection goes on with it.
        package let isWorthKnowing: Bool
        /// Whether it was destroyed, and nothing was set since.
        package let isDestroyed: Bool

        package init(id: String, isWorthKnowing: Bool, isDestroyed: Bool) {
            self.id = id
            self.isWorthKnowing = isWorthKnowing
            self.isDestroyed = isDestroyed
        }
    }

    package var standing: Standing {
        state.withLock { Standing(id: $0.id, isWorthKnowing: $0.isSaved || $0.isHeld, isDestroyed: $0.isDestroyed) }
    }

    /// Whether the store knows the session.
    package var isSaved: Bool { state.withLock { $0.isSaved } }

    /// Takes over what the store has, but for what was changed here and not saved yet.
    package func adopt(_ values: [String: String], of id: String) {
        state.withLock { state in
            guard state.id == id else { return }
            var merged = values
            for key in state.changedKeys { merged[key] = state.values[key] }
            state.values = merged
            state.isSaved = true
        }
    }

    /// The session goes on beyond the request, so its answer tells the browser the id: an endpoint calls this for the
    /// request that begins a connection.
    package func hold() {
        live?.insert(self, id)
        state.withLock { $0.isHeld = true }
    }

    /// A request with this session is being answered, until ``endAnswer()``.
    package func beginAnswer() { state.withLock { $0.answers += 1 } }

    /// The counterpart of ``beginAnswer()``.
    package func endAnswer() { state.withLock { $0.answers -= 1 } }
}
