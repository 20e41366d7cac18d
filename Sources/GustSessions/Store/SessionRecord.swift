package import GustHTTP

/// A session, as a ``SessionStore`` keeps it: its values, its user and its times.
///
/// A store doesn't read the values. It keeps the whole record, or encodes it with any encoder, and needs only ``version``,
/// ``expires`` and ``user`` for its own columns or keys.
public struct SessionRecord: Sendable, Codable, Equatable {
    /// The values as JSON texts; keys are compared by bytes.
    package var texts: [ByteText: String]
    /// The user who has signed in, with the roles; nil if nobody has.
    package var identity: SessionIdentity?
    /// The number of saves before this one; 0 for a session that the store doesn't contain.
    public var version = 0
    /// When the session began, in seconds since 1970-01-01T00:00:00Z.
    package var created = 0
    /// When the session expires if it isn't used any more, in seconds since 1970-01-01T00:00:00Z.
    public var expires: Int
    /// Whether the user chose to stay signed in.
    package var isRemembered = false

    /// The user who has signed in with ``Session/signIn(as:roles:remember:)``; nil if nobody has.
    public var user: String? { identity?.user.string }

    /// Makes a record of JSON texts.
    package init(_ texts: [ByteText: String], expires: Int = .max) {
        self.texts = texts
        self.expires = expires
    }
}

extension SessionRecord: ExpressibleByDictionaryLiteral {
    /// Makes a record of JSON texts by key that never expires, for tests of a store; the last of several equal keys counts.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(Dictionary(elements.map { (ByteText($0), $1) }) { $1 })
    }
}
