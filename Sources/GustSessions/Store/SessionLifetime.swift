package import GustHTTP

/// How long a session is kept.
package struct SessionLifetime: Sendable {
    /// The seconds from the last use to the end.
    package var idle: Int
    /// The seconds from the last use to the end, if the user chose to stay signed in.
    package var remembered: Int
    /// The greatest number of seconds from the beginning to the end; nil means that use prolongs a session without limit.
    package var absolute: Int?
    /// The clock.
    package var now: @Sendable () -> HTTPDate

    /// Makes a lifetime; a part of a second counts as a second.
    package init(
        idle: Duration = .seconds(1_800),
        remembered: Duration = .seconds(1_800),
        absolute: Duration? = nil,
        now: @escaping @Sendable () -> HTTPDate = { HTTPDate.now }
    ) {
        self.idle = Self.seconds(idle)
        self.remembered = Self.seconds(remembered)
        self.absolute = absolute.map(Self.seconds)
        self.now = now
    }

    private static func seconds(_ duration: Duration) -> Int {
        let parts = duration.components
        return max(0, Int(clamping: parts.seconds) + (parts.attoseconds > 0 ? 1 : 0))
    }

    /// The seconds from the last use to the end.
    package func length(isRemembered: Bool) -> Int { isRemembered ? remembered : idle }

    /// When a session that is used now expires, in seconds since 1970.
    func expiry(created: Int, isRemembered: Bool) -> Int {
        let sliding = now().seconds + length(isRemembered: isRemembered)
        guard let absolute else { return sliding }
        return min(sliding, created + absolute)
    }

    /// Whether a tenth of the time that a session has after a use is over, so that the store must be told of a new use.
    ///
    /// A store is written once in a tenth of the lifetime, and not for each request.
    func needsTouch(created: Int, expires: Int, isRemembered: Bool) -> Bool {
        expiry(created: created, isRemembered: isRemembered) - expires > length(isRemembered: isRemembered) / 10
    }
}
