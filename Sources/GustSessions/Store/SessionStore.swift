import GustHTTP

/// Stores sessions between requests, connections and processes.
///
/// ``MemorySessionStore`` is the default. The methods may be called in any task and at the same time. If a method throws, the
/// request whose session is loaded or saved fails.
///
/// No save overwrites the save of another process: ``save(_:for:)`` stores a record only in place of the version that the record was
/// made from. If another process was faster, the session loads the new version, applies its own changes to it, and saves again.
public protocol SessionStore: Sendable {
    /// Returns a session.
    ///
    /// - Returns: The record that was saved, with its version, which is one greater than that of the record that was passed to
    ///   ``save(_:for:)``; nil if the store has no session with this id, or if it has expired.
    func load(_ id: String) async throws -> SessionRecord?

    /// Stores a session, if the stored version of it is ``SessionRecord/version``.
    ///
    /// The stored version is then one greater. A store that has no session with this id, or only an expired one, has version 0 of
    /// it. Comparing and storing must be one step, for example one transaction.
    /// - Returns: Whether the record was stored; `false` if the store has another version, which stays.
    func save(_ record: SessionRecord, for id: String) async throws -> Bool

    /// Removes a session; does nothing if there is none.
    func remove(_ id: String) async throws

    /// Removes all sessions of a user, except the session with the id `kept`.
    ///
    /// - Returns: The ids of the removed sessions.
    func removeAll(of user: String, except kept: String?) async throws -> [String]
}

/// A store with synchronous methods, so that requests with a session cost no task.
///
/// The methods are also called on the loops of connections and must not block.
package protocol ImmediateSessionStore: SessionStore {
    /// Returns a session; nil if the store has none with this id, or if it has expired.
    func load(_ id: String) throws -> SessionRecord?

    /// Stores a session, if the stored version of it is `record.version`.
    func save(_ record: SessionRecord, for id: String) throws -> Bool

    /// Removes a session; does nothing if there is none.
    func remove(_ id: String) throws
}
