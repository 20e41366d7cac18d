#if SQLite
import Foundation
import GRDB

/// The table of the sessions, and the statements on it.
///
/// Ids and users are stored as bytes: SQLite would cut a text at a NUL.
enum SessionTable {
    /// One session.
    struct Row: Sendable {
        let id: String
        let version: Int
        let user: String?
        let expires: Int
        let record: Data
    }

    /// Makes the table if it doesn't exist.
    static func prepare(_ database: DatabasePool) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("gust sessions 1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE gust_session (
                        id BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, user BLOB, expires INTEGER NOT NULL,
                        record BLOB NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX gust_session_user ON gust_session (user) WHERE user IS NOT NULL;
                    CREATE INDEX gust_session_expires ON gust_session (expires);
                    """
            )
        }
        try migrator.migrate(database)
    }

    /// The encoded record of a session that hasn't expired.
    static func record(of id: String, now: Int, in database: Database) throws -> Data? {
        try Data.fetchOne(
            database,
            sql: "SELECT record FROM gust_session WHERE id = ? AND expires > ?",
            arguments: [bytes(id), now]
        )
    }

    /// Stores a session in place of the given version; 0 stands for none, or for an expired one.
    static func save(_ row: Row, replacing version: Int, now: Int, in database: Database) throws -> Bool {
        let stored = try Int.fetchOne(
            database,
            sql: "SELECT version FROM gust_session WHERE id = ? AND expires > ?",
            arguments: [bytes(row.id), now]
        )
        guard stored ?? 0 == version else { return false }
        try database.execute(
            sql: "INSERT OR REPLACE INTO gust_session (id, version, user, expires, record) VALUES (?, ?, ?, ?, ?)",
            arguments: [bytes(row.id), row.version, row.user.map(bytes), row.expires, row.record]
        )
        return true
    }

    static func remove(_ id: String, in database: Database) throws {
        try database.execute(sql: "DELETE FROM gust_session WHERE id = ?", arguments: [bytes(id)])
    }

    /// Removes the sessions of a user, and returns their ids.
    static func removeAll(of user: String, except kept: String?, in database: Database) throws -> [String] {
        let ids = try Data.fetchAll(
            database,
            sql: "DELETE FROM gust_session WHERE user = ? AND id IS NOT ? RETURNING id",
            arguments: [bytes(user), kept.map(bytes)]
        )
        return ids.map { String(decoding: $0, as: UTF8.self) }
    }

    static func removeExpired(now: Int, in database: Database) throws {
        try database.execute(sql: "DELETE FROM gust_session WHERE expires <= ?", arguments: [now])
    }

    static func count(in database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM gust_session") ?? 0
    }

    private static func bytes(_ text: String) -> Data { Data(text.utf8) }
}
#endif
