#if SQLite
import Foundation
import GRDB
package import GustHTTP
public import GustSessions
import HTTPTypes
import Synchronization

/// Stores sessions in an SQLite database, so that they outlive the process; several processes on one machine may share the file.
///
/// ```swift
/// let store = try SQLiteSessionStore(path: "/var/lib/desk/sessions.sqlite")
/// app.use(try Sessions(keys: SigningKeys(secret), store: store))
/// ```
///
/// The database uses write-ahead logging: reads don't wait for writes. Statements run on threads of GRDB, away from the loops. If
/// another process keeps the database locked for more than 5 s, or the disk is full, the request is answered with 503 and nothing is
/// stored. Expired sessions are deleted with every 256th save.
///
/// The table is called `gust_session`, so the file may be that of the application. Available with the package trait `SQLite`.
public final class SQLiteSessionStore: SessionStore {
    private static let savesBetweenCleanings = 256

    private let database: DatabasePool
    private let now: @Sendable () -> HTTPDate
    private let saves = Atomic(0)

    /// Opens a database, and makes the file and the table if they don't exist.
    ///
    /// - Parameter path: The path of the file, in an existing directory.
    /// - Throws: The error of SQLite if the file can't be opened, isn't a database, or is locked.
    public convenience init(path: String) throws {
        try self.init(path: path) { HTTPDate.now }
    }

    /// Opens a database, with a clock.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - patience: How long to wait for another process that has locked the database, in seconds.
    ///   - now: The clock.
    /// - Throws: The error of SQLite if the file can't be opened, isn't a database, or is locked.
    package init(path: String, patience: Double = 5, now: @escaping @Sendable () -> HTTPDate) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        database = try DatabasePool(path: path, configuration: configuration)
        self.now = now
        try SessionTable.prepare(database)
    }

    /// Returns a session; nil if the store has none with this id, or if it has expired.
    public func load(_ id: String) async throws -> SessionRecord? {
        let now = now().seconds
        let row = try await explained { [database] in
            try await database.read { try SessionTable.record(of: id, now: now, in: $0) }
        }
        return try row.map { try JSONDecoder().decode(SessionRecord.self, from: $0) }
    }

    /// Stores a session, if the stored version of it is that of `record`.
    ///
    /// - Returns: Whether the record was stored.
    public func save(_ record: SessionRecord, for id: String) async throws -> Bool {
        var next = record
        next.version += 1
        let row = SessionTable.Row(
            id: id,
            version: next.version,
            user: record.user,
            expires: record.expires,
            record: try JSONEncoder().encode(next)
        )
        let now = now().seconds
        let cleans = saves.wrappingAdd(1, ordering: .relaxed).newValue % Self.savesBetweenCleanings == 0
        return try await explained { [database] in
            try await database.write { database in
                if cleans { try SessionTable.removeExpired(now: now, in: database) }
                return try SessionTable.save(row, replacing: row.version - 1, now: now, in: database)
            }
        }
    }

    /// Removes a session; does nothing if there is none.
    public func remove(_ id: String) async throws {
        try await explained { [database] in
            try await database.write { try SessionTable.remove(id, in: $0) }
        }
    }

    /// Removes all sessions of a user, except the session with the id `kept`.
    ///
    /// - Returns: The ids of the removed sessions.
    public func removeAll(of user: String, except kept: String?) async throws -> [String] {
        try await explained { [database] in
            try await database.write { try SessionTable.removeAll(of: user, except: kept, in: $0) }
        }
    }

    /// The number of stored sessions, including expired sessions that haven't been removed yet.
    package var count: Int {
        get async throws { try await database.read { try SessionTable.count(in: $0) } }
    }

    /// Calls `body`; errors that pass with time become an ``HTTPError`` with status 503.
    private func explained<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as DatabaseError {
            let reason: String
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: reason = "the database of the sessions is locked"
            case .SQLITE_FULL: reason = "the disk is full"
            default: throw error
            }
            throw HTTPError(.serviceUnavailable, reason, headers: [.retryAfter: "1"])
        }
    }
}
#endif
