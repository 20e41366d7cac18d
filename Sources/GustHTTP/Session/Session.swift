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
/// Behind the middleware `Sessions` it is a browser's: all its requests and sockets have the same values, and within a process
/// each sees at once what another sets. What a request's handler changed is saved at the end of the request; what is changed
/// elsewhere, in a socket's handlers or while an answer is streamed, is kept by ``save()``.
///
/// A session ends when it is renewed or destroyed, or when its store doesn't know it any more. The request that renewed or
/// destroyed it goes on with the session that follows; all others that came with the old id, requests under way and sockets,
/// hold one that has ended: it has no values, ``set(_:for:)`` throws ``SessionError/ended``, and ``onEnd(_:)`` was called.
///
/// Without the middleware a Socket.IO session has one of its own, called like it, which lives as long as the connection.
///
/// May be used from anywhere.
public final class Session: Sendable {
    /// What one request or connection knows of its session.
    private struct Place: Sendable {
        var core: SessionCore
        /// Whether a connection goes on with the session.
        var isHeld = false
        /// How many answers of the request are under way.
        var answers = 0
    }

    private let place: Mutex<Place>

    /// The session of a request.
    package init(_ core: SessionCore) { place = Mutex(Place(core: core)) }

    /// A session whose id stays: that of one connection.
    ///
    /// - Parameters:
    ///   - id: the id.
    ///   - store: where it keeps what is saved.
    ///   - limit: the longest that all keys and values may be together, in bytes.
    package convenience init(id: String, store: any SessionStore, limit: Int) {
        self.init(SessionCore(id: id, store: store, limit: limit))
    }

    /// What all that came with the same id share.
    package var core: SessionCore { place.withLock { $0.core } }

    /// The session's id: a secret of its client.
    ///
    /// That of the connection for one that is bound to a Socket.IO connection; else 24 random characters (144 bits), which
    /// change by ``renew()`` and ``destroy()``.
    public var id: String { core.id }

    /// The keys that have a value.
    public var keys: Set<String> { core.keys }  // bytes: a copy for the caller

    /// Whether the session is over for this request or socket; it has no values then.
    public var hasEnded: Bool { core.hasEnded }

    /// The value under `key`; nil if there is none.
    ///
    /// - Throws: `DecodingError` if it is of another type.
    public func value<Value: Decodable>(_ type: Value.Type, for key: String) throws -> Value? {
        try core.text(ByteText(key)).map { try SessionJSON.decode(type, from: $0) }
    }

    /// Puts a value under `key`, instead of what was there; keys are compared by bytes.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded; ``SessionError/tooLarge`` past the limit of the middleware
    ///   or endpoint, 64 KiB unless said otherwise; ``SessionError/ended`` if the session is over. Then nothing has changed.
    public func set(_ value: some Encodable, for key: String) throws {
        try core.set(SessionJSON.encode(value), for: ByteText(key))
    }

    /// Takes the value under `key` out.
    public func remove(_ key: String) { core.remove(ByteText(key)) }

    /// Ends the session under its id, and goes on with another one that has the same values.
    ///
    /// Do it whenever somebody logs in: whoever planted a session in the browser before that, and holds its id in a request
    /// or a socket, is left with one that has ended (session fixation). The old id is out of the store with the next save, so
    /// at the latest at the end of the request.
    ///
    /// - Throws: ``SessionError/noAnswer`` if the request isn't being answered any more, because the browser couldn't be
    ///   told; ``SessionError/boundToConnection`` without the middleware.
    public func renew() throws(SessionError) {
        let actions = try place.withLock { place throws(SessionError) in
            guard place.core.isRenewable else { throw .boundToConnection }
            guard place.answers > 0 else { throw .noAnswer }
            return Self.succeed(&place, keepsValues: true)
        }
        for action in actions { action() }
    }

    /// Forgets all values, and with the next save, so at the latest at the end of the request, the session itself.
    ///
    /// What is set afterwards belongs to a new session with a new id. Do it when somebody logs out: other requests and the
    /// sockets of the browser hold a session that has ended at once. Disconnect these sockets by ``onEnd(_:)``.
    public func destroy() {
        let actions = place.withLock { place in
            if place.core.isRenewable { return Self.succeed(&place, keepsValues: false) }
            place.core.clear()
            return []
        }
        for action in actions { action() }
    }

    private static func succeed(_ place: inout Place, keepsValues: Bool) -> [@Sendable () -> Void] {
        let (successor, actions) = place.core.succeed(keepsValues: keepsValues)
        place.core = successor
        if place.isHeld { successor.hold() }
        return actions
    }

    /// Calls `action` once, when the session ends that this request or socket has now; at once if it has ended.
    ///
    /// It is called where the session is renewed or destroyed, on any thread, so it must not block.
    /// - Returns: what takes the action back; needed by who goes before the session does.
    @discardableResult public func onEnd(_ action: @escaping @Sendable () -> Void) -> SessionObservation {
        let core = core
        let number = core.onEnd(action)
        if number == nil { action() }
        return SessionObservation(core: core, number: number)
    }

    /// Keeps the values in the store; does nothing for a session that has ended.
    ///
    /// - Throws: what the store throws.
    public func save() async throws { try await core.save(always: true) }

    /// Keeps the values in the store, if something changed or `always` is set.
    package func save(always: Bool) async throws { try await core.save(always: always) }

    /// Keeps the values in the store, if something changed, without waiting.
    package func saveInPlace(in store: any ImmediateSessionStore) throws { try core.saveInPlace(in: store) }

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

    package var standing: Standing { core.standing }

    /// Whether the store knows the session.
    package var isSaved: Bool { core.isSaved }

    /// The session goes on beyond the request, so its answer tells the browser the id: an endpoint calls this for the
    /// request that begins a connection.
    package func hold() {
        let core = place.withLock { place in
            place.isHeld = true
            return place.core
        }
        core.hold()
    }

    /// A request with this session is being answered, until ``endAnswer()``.
    package func beginAnswer() { place.withLock { $0.answers += 1 } }

    /// The counterpart of ``beginAnswer()``.
    package func endAnswer() { place.withLock { $0.answers -= 1 } }
}
