import Gust
import GustSessions
import GustWeb

/// What every page shows around its content.
struct Page<Content: Encodable & Sendable>: Encodable, Sendable {
    let user: String?
    let isAdmin: Bool
    let content: Content
}

/// A page of the list of tickets.
struct TicketList: Encodable, Sendable {
    let tickets: [Ticket]
    let words: String
    /// The links to the neighbouring pages.
    let newer: String?
    let older: String?
}

/// A ticket and all that belongs to it.
struct TicketPage: Encodable, Sendable {
    let ticket: Ticket
    let comments: [Comment]
    let attachments: [Attachment]
}

extension Request {
    /// Renders a page for the person who has signed in.
    func page(_ name: String, _ content: some Encodable & Sendable = [String]()) throws -> HTML {
        // A file that doesn't exist has an error page, but no session.
        let session = try? session
        let page = Page(user: session?.user, isAdmin: session?.hasRole("admin") == true, content: content)
        return try render(name, context: page)
    }

    /// The name of the person who has signed in; only for routes that require it.
    var user: String {
        get throws {
            guard let user = try session.user else { throw HTTPError(.unauthorized) }
            return user
        }
    }
}
