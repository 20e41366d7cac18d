import GustHTTP
import Synchronization

/// The data of one browser: values by key, which are stored in a ``SessionStore`` when they are saved.
///
/// ```swift
/// app.use(try Sessions())
/// app.post("/login") { request in
///     try request.session.signIn(as: "ada")
///     return Response.redirect(to: "/")
/// }
/// io.onConnect { socket in
///     socket.emit("hello", socket.session.user ?? "stranger")
/// }
/// ```
///
/// Inside of the middleware `Sessions`, all requests and sockets of a browser share one session; within a process, a change
/// is visible to all of them at once. Changes by the handler of a request are saved at the end of the request. Changes at
/// other times, in the handlers of a socket or while a response is streamed, must be saved with ``save()``.
///
/// A session ends when it is renewed or destroyed, or when its store doesn't contain it any more. The request that renewed or
/// destroyed the session continues with a successor. For all other requests and sockets with the old id the session has
/// ended: it has no values, ``set(_:for:)`` throws ``SessionError/ended``, and the actions of ``onEnd(_:)`` are called.
///
/// Without the middleware, each Socket.IO connection has a session of its own, whose id is the connection's and which lives as
/// long as the connection.
///
/// A session may be used on any thread.
public final class Session: Sendable {
    /// The state of one request or connection, which isn't shared with others.
    private struct Place: Sendable {
        var core: SessionCore
        /// Whether a connection uses the session after the request.
        var isHeld = false
        /// The number of answers of the request that aren't complete.
        var answers = 0
    }

    private let place: Mutex<Place>

    /// Makes the session of a request.
    package init(_ core: SessionCore) { place = Mutex(Place(core: core)) }

    /// Makes the session of one connection, whose id never changes.
    ///
    /// - Parameters:
    ///   - id: The id.
    ///   - store: The store for the values.
    ///   - limit: The maximum length of all keys and values together, in bytes.
    package convenience init(id: String, store: any SessionStore, limit: Int) {
        self.init(SessionCore(id: id, store: store, limit: limit))
    }

    /// The core that all requests and sockets with the same id share.
    package var core: SessionCore { place.withLock { $0.core } }

    /// The id of the session, a secret of its client.
    ///
    /// A session that is bound to a Socket.IO connection has the id of the connection. Other sessions have an id of 24 random
    /// characters (144 bits), which ``renew()`` and ``destroy()`` change.
    public var id: String { core.id }

    /// The keys of all values; the flash messages and the secret of the CSRF tokens aren't among them.
    public var keys: Set<String> { core.keys }  // bytes: a copy for the caller

    /// Whether the session has ended for this request or socket; it has no values then.
    public var hasEnded: Bool { core.hasEnded }

    /// The value of `key`; nil if there is none.
    ///
    /// - Throws: `DecodingError` if the value has another type.
    public func value<Value: Decodable>(_ type: Value.Type, for key: String) throws -> Value? {
        try core.text(ByteText(key)).map { try SessionJSON.decode(type, from: $0) }
    }

    /// Sets the value of `key`; keys are compared by bytes.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded; ``SessionError/tooLarge`` if all values would exceed the limit of
    ///   the middleware or endpoint, 64 KiB by default; ``SessionError/ended`` if the session has ended. After an error the
    ///   session is unchanged.
    public func set(_ value: some Encodable, for key: String) throws {
        try core.set(SessionJSON.encode(value), for: ByteText(key))
    }

    /// Removes the value of `key`.
    public func remove(_ key: String) { core.remove(ByteText(key)) }

    /// Ends the session and continues with a successor, which has a new id and the same values.
    ///
    /// ``signIn(as:roles:remember:)`` does this. It prevents session fixation: for an attacker who has set the id of the session in
    /// the browser before, the session has ended. The old id is removed from the store with the next save, at the latest at the
    /// end of the request.
    ///
    /// - Throws: ``SessionError/noAnswer`` if the request has already been answered, because the cookie with the new id can't be
    ///   sent any more; ``SessionError/boundToConnection`` without the middleware.
    public func renew() throws(SessionError) {
        let actions = try place.withLock { place throws(SessionError) in
            guard place.core.isRenewable else { throw .boundToConnection }
            guard place.answers > 0 else { throw .noAnswer }
            return Self.succeed(&place, keepsValues: true)
        }
        for action in actions { action() }
    }

    /// Ends the session and discards its values.
    ///
    /// The session is removed from the store with the next save, at the latest at the end of the request. Values that are set
    /// afterwards belong to a new session with a new id. Call this when a visitor signs out: for other requests and the sockets
    /// of the browser the session has ended at once. To disconnect those sockets, use ``onEnd(_:)``.
    ///
    /// Without the middleware only the values are discarded; the session keeps its id and doesn't end.
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

    /// Calls `action` once, when the present session of this request or socket ends; at once if it has already ended.
    ///
    /// `action` may be called on any thread, by the call that ends the session, so it must not block.
    /// - Returns: The registration, to cancel the action when it isn't needed any more.
    @discardableResult public func onEnd(_ action: @escaping @Sendable () -> Void) -> SessionObservation {
        let core = core
        let number = core.onEnd(action)
        if number == nil { action() }
        return SessionObservation(core: core, number: number)
    }

    /// Saves the values in the store; does nothing for a session that has ended.
    ///
    /// If another process has saved the session meanwhile, the values that were changed here are applied to its values, and all
    /// are saved. A session of ``CookieSessions`` is saved by the response, so during a request this method does nothing.
    /// - Throws: The error of the store; ``SessionError/contended`` if other processes changed the session again and again;
    ///   ``SessionError/noAnswer`` for a session of ``CookieSessions`` when no response is left to set the cookie.
    public func save() async throws {
        let (core, isAnswering) = place.withLock { ($0.core, $0.answers > 0) }
        guard !core.isInCookie else {
            if !isAnswering { throw SessionError.noAnswer }
            return
        }
        try await core.save(always: true)
    }

    /// Saves the values in the store if something has changed or if `always` is set.
    package func save(always: Bool) async throws { try await core.save(always: always) }

    /// Saves the values in the store if something has changed, synchronously.
    package func saveInPlace(in store: any ImmediateSessionStore) throws { try core.saveInPlace(in: store) }

    // MARK: For the middleware and the endpoint

    /// The state of a session from which the middleware makes the cookie.
    package struct Standing: Sendable {
        /// The id.
        package let id: String
        /// Whether the browser needs a cookie with the id: the session is in the store, or a connection uses it.
        package let isWorthKnowing: Bool
        /// Whether the session was destroyed and nothing has been set since.
        package let isDestroyed: Bool
        /// The number of saves.
        package var version = 0
        /// How many seconds the browser keeps the cookie.
        package var lifetime: Int

        package init(id: String, isWorthKnowing: Bool, isDestroyed: Bool, version: Int = 0, lifetime: Int) {
            self.id = id
            self.isWorthKnowing = isWorthKnowing
            self.isDestroyed = isDestroyed
            self.version = version
            self.lifetime = lifetime
        }
    }

    package var standing: Standing { core.standing }

    /// Whether the store contains the session.
    package var isSaved: Bool { core.isSaved }

    /// Keeps the session in use after the request, so that the response sets the cookie with its id.
    ///
    /// An endpoint calls this for the request that opens a connection.
    package func hold() {
        let core = place.withLock { place in
            place.isHeld = true
            return place.core
        }
        core.hold()
    }

    /// Begins an answer of the request, during which the session may be renewed; ends with ``endAnswer()``.
    package func beginAnswer() { place.withLock { $0.answers += 1 } }

    /// Ends an answer that ``beginAnswer()`` began.
    package func endAnswer() { place.withLock { $0.answers -= 1 } }
}
