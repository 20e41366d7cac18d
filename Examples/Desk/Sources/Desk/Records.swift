import Foundation
import GRDB

/// A person who can sign in.
struct User: Codable, Sendable, FetchableRecord, PersistableRecord {
    var name: String
    /// The hash of the password, for `PasswordHash`.
    var hash: String
    var isAdmin: Bool
}

/// How soon a ticket should be answered.
enum Urgency: String, Codable, Sendable, DatabaseValueConvertible { case low, normal, high }

/// What somebody asks of the desk.
struct Ticket: Codable, Sendable, FetchableRecord, MutablePersistableRecord {
    private(set) var id: Int?
    /// The id of a ticket that is stored.
    var number: Int { id ?? 0 }
    var title: String
    var text: String
    var urgency: Urgency
    var isOpen = true
    var author: String
    var created = Date()

    mutating func didInsert(_ inserted: InsertionSuccess) { id = Int(inserted.rowID) }
}

/// What somebody says about a ticket.
struct Comment: Codable, Sendable, FetchableRecord, PersistableRecord {
    var ticket: Int
    var author: String
    var text: String
    var created = Date()
}

/// A file that belongs to a ticket; its content is in the directory of the uploads, under its key.
struct Attachment: Codable, Sendable, FetchableRecord, PersistableRecord {
    var key: String
    var ticket: Int
    var name: String
    var size: Int
}
