public import GustWire

/// Where sessions keep their values between requests, connections or processes.
///
/// Methods are called from any task. A store of your own decides what expiry and failure mean; ``MemorySessionStore`` is the
/// default.
public protocol SessionStore: Sendable {
    /// The values of a session; nil if it is unknown or its time is over. Reading puts the end of its time off.
    func load(_ id: String) async throws -> [String: JSONSlice]?

    /// Keeps the values of a session, instead of those it had.
    func save(_ values: [String: JSONSlice], for id: String) async throws

    /// Forgets a session.
    func remove(_ id: String) async throws
}
