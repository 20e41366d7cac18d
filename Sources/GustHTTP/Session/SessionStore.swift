/// Where sessions keep their values between requests, connections or processes.
///
/// The values are JSON texts by key, so that a store only has to keep strings; the keys are compared by bytes. Methods are called from any task. A store of
/// your own decides what failure means; a session that can't be loaded or saved makes the request fail.
/// ``MemorySessionStore`` is the default.
public protocol SessionStore: Sendable {
    /// The values of a session; nil if it is unknown or its time is over.
    ///
    /// Reading puts the end of its time off.
    func load(_ id: String) async throws -> [ByteText: String]?

    /// Keeps the values of a session, instead of those it had.
    func save(_ values: [ByteText: String], for id: String) async throws

    /// Forgets a session; harmless if there is none.
    func remove(_ id: String) async throws
}

/// A store that never waits, so that requests with a session cost no task.
///
/// Its methods are called on the connections' loops too: they must not block.
public protocol ImmediateSessionStore: SessionStore {
    /// The values of a session; nil if it is unknown or its time is over.
    ///
    /// Reading puts the end of its time off.
    func load(_ id: String) throws -> [ByteText: String]?

    /// Keeps the values of a session, instead of those it had.
    func save(_ values: [ByteText: String], for id: String) throws

    /// Forgets a session; harmless if there is none.
    func remove(_ id: String) throws
}
