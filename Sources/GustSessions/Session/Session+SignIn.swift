import GustHTTP

/// Users who have signed in.
extension Session {
    /// The user who has signed in; nil if nobody has.
    ///
    /// It is what the application passed to ``signIn(as:roles:remember:)``.
    public var user: String? { core.identity?.user.string }

    /// Whether the user who has signed in has a role; roles are compared by bytes.
    public func hasRole(_ role: String) -> Bool { core.identity?.roles.contains(ByteText(role)) == true }

    /// Notes that a user has signed in, after the application has checked the password.
    ///
    /// The session continues with the same values and a new id, as by ``renew()``; the old id is invalid at once, so that an
    /// attacker who planted it in the browser isn't signed in too.
    /// - Parameters:
    ///   - user: The name or id of the user in the application.
    ///   - roles: The roles of the user, for ``hasRole(_:)`` and ``RequireSession``.
    ///   - isRemembered: Whether the visitor wants to stay signed in: the session and its cookie then last for the remembered
    ///     lifetime of the middleware instead of its usual one.
    /// - Throws: ``SessionError/noAnswer`` if the request has already been answered, because the cookie with the new id can't be
    ///   sent any more; ``SessionError/boundToConnection`` without the middleware; ``SessionError/tooLarge`` if the user and the roles
    ///   don't fit into a cookie of ``CookieSessions``.
    public func signIn(
        as user: String,
        roles: Set<String> = [],  // bytes: a copy of the caller's.
        remember isRemembered: Bool = false
    ) throws(SessionError) {
        let identity = SessionIdentity(user: ByteText(user), roles: Set(roles.map { ByteText($0) }))
        if core.isInCookie {
            let length = roles.reduce(SessionSeal.length(user)) { $0 + SessionSeal.length($1) }
            guard length <= SessionSeal.maximumUserLength else { throw .tooLarge }
        }
        try renew()
        core.identify(as: identity, isRemembered: isRemembered)
    }

    /// Ends all other sessions of the user who has signed in, on all browsers and devices.
    ///
    /// Call this when the user has changed the password. To sign the user out everywhere, call ``destroy()`` afterwards. In this
    /// process the other sessions end at once, with their sockets. Requests in other processes find that the sessions have ended,
    /// because the store doesn't contain them any more.
    /// - Throws: ``SessionError/noUser`` if nobody has signed in; ``SessionError/notStored`` with ``CookieSessions``, because the
    ///   server can't invalidate a cookie; the error of the store.
    public func endOthers() async throws {
        let core = core
        guard let user = core.identity?.user else { throw SessionError.noUser }
        guard !core.isInCookie else { throw SessionError.notStored }
        try await core.endOthers(of: user)
    }
}
