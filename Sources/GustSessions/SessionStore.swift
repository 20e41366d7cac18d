/// Stores the values of sessions between requests, connections and processes.
///
/// The values are `Codable`, so that a store only needs to store bytes. The methods may be called in any task. If a method throws, the request whose session is loaded or saved fails. ``MemorySessionStore`` is the
/// default.
public protocol SessionStore: Sendable {
    /// Returns the values of a session and restarts its lifetime; nil if the session is unknown or has expired.
    func load(_ id: String) async throws -> SessionValues?

    /// Stores the values of a session, replacing its previous values, and restarts its lifetime.
    func save(_ values: SessionValues, for id: String) async throws

    /// Removes a session; does nothing if there is none.
    func remove(_ id: String) async throws
}

/// A store with synchronous methods, so that requests with a session cost no task.
///
/// The methods are also called on the loops of connections and must not block.
package protocol ImmediateSessionStore: SessionStore {
    /// Returns the values of a session and restarts its lifetime; nil if the session is unknown or has expired.
    func load(_ id: String) throws -> SessionValues?

    /// Stores the values of a session, replacing its previous values, and restarts its lifetime.
    func save(_ values: SessionValues, for id: String) throws

    /// Removes a session; does nothing if there is none.
    func remove(_ id: String) throws
}
