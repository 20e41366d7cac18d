import GRDB
import Gust
import GustSessions

/// The database of the desk: people, tickets, comments and attachments.
///
/// GRDB runs the statements on threads of its own, away from the event loops.
struct Store: Sendable {
    private static let pageLength = 20

    private let database: DatabasePool

    /// Opens the database, and makes the file and the tables if they don't exist.
    init(path: String) throws {
        database = try DatabasePool(path: path)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE user (name TEXT PRIMARY KEY, hash TEXT NOT NULL, isAdmin BOOLEAN NOT NULL);
                    CREATE TABLE ticket (
                        id INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, urgency TEXT NOT NULL,
                        isOpen BOOLEAN NOT NULL, author TEXT NOT NULL REFERENCES user, created DATETIME NOT NULL);
                    CREATE TABLE comment (
                        id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES ticket,
                        author TEXT NOT NULL REFERENCES user, text TEXT NOT NULL, created DATETIME NOT NULL);
                    CREATE INDEX commentsOfTicket ON comment (ticket);
                    CREATE TABLE attachment (
                        key TEXT PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES ticket, name TEXT NOT NULL,
                        size INTEGER NOT NULL);
                    CREATE INDEX attachmentsOfTicket ON attachment (ticket);
                    """
            )
        }
        try migrator.migrate(database)
    }

    /// Adds a person; the first one is an administrator.
    ///
    /// - Returns: The person; nil if the name is taken.
    func addUser(_ name: String, password: String) async throws -> User? {
        let hash = try await PasswordHash.make(password)
        return try await database.write { database in
            guard try !User.exists(database, key: name) else { return nil }
            let user = User(name: name, hash: hash, isAdmin: try User.fetchCount(database) == 0)
            try user.insert(database)
            return user
        }
    }

    /// The person with a name and a password; nil if the name or the password is wrong.
    func user(_ name: String, password: String) async throws -> User? {
        let user = try await database.read { try User.fetchOne($0, key: name) }
        return try await PasswordHash.isValid(password, for: user?.hash) ? user : nil
    }

    func users() async throws -> [User] {
        try await database.read { try User.order(Column("name")).fetchAll($0) }
    }

    func makeAdmin(_ name: String) async throws {
        let count = try await database.write { database in
            try User.filter(key: name).updateAll(database, Column("isAdmin").set(to: true))
        }
        guard count == 1 else { throw HTTPError(.notFound) }
    }

    /// A page of the tickets whose titles contain some words, the newest first, and whether there is a next page.
    func tickets(_ words: String, page: Int) async throws -> (tickets: [Ticket], hasMore: Bool) {
        try await database.read { database in
            var tickets =
                try Ticket
                .filter(sql: "instr(lower(title), lower(?)) > 0", arguments: [words])
                .order(Column("id").desc)
                .limit(Self.pageLength + 1, offset: (page - 1) * Self.pageLength)
                .fetchAll(database)
            let hasMore = tickets.count > Self.pageLength
            if hasMore { tickets.removeLast() }
            return (tickets, hasMore)
        }
    }

    /// A ticket with all that belongs to it.
    ///
    /// - Throws: 404 if there is no such ticket.
    func ticket(_ id: Int) async throws -> (ticket: Ticket, comments: [Comment], attachments: [Attachment]) {
        try await database.read { database in
            guard let ticket = try Ticket.fetchOne(database, key: id) else {
                throw HTTPError(.notFound, "there is no ticket \(id)")
            }
            let comments = try Comment.filter(Column("ticket") == id).order(Column("id")).fetchAll(database)
            let attachments = try Attachment.filter(Column("ticket") == id).order(Column("name")).fetchAll(database)
            return (ticket, comments, attachments)
        }
    }

    func add(_ ticket: Ticket, _ attachments: [(key: String, name: String, size: Int)] = []) async throws -> Ticket {
        try await database.write { database in
            let ticket = try ticket.inserted(database)
            for file in attachments {
                try Attachment(key: file.key, ticket: ticket.number, name: file.name, size: file.size).insert(database)
            }
            return ticket
        }
    }

    func add(_ comment: Comment) async throws {
        try await database.write { try comment.insert($0) }
    }

    /// Opens or closes a ticket.
    ///
    /// - Throws: 404 if there is no such ticket.
    func setOpen(_ isOpen: Bool, _ id: Int) async throws -> Ticket {
        try await database.write { database in
            guard var ticket = try Ticket.fetchOne(database, key: id) else { throw HTTPError(.notFound) }
            ticket.isOpen = isOpen
            try ticket.update(database)
            return ticket
        }
    }

    /// The attachment of a ticket; nil if it has no such attachment.
    func attachment(_ key: String, of ticket: Int) async throws -> Attachment? {
        try await database.read { try Attachment.filter(key: key).filter(Column("ticket") == ticket).fetchOne($0) }
    }
}
