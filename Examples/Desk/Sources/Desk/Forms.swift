import GustForms

/// The form of a new ticket.
struct TicketForm: Decodable, Validatable {
    let title: String
    let text: String
    let urgency: Urgency
    /// Programs send none.
    let files: [Upload]?

    func validate(_ checks: inout ValidationChecks) {
        checks.require((1...200).contains(title.utf8.count), at: "title", "must have 1 to 200 bytes")
        checks.require((1...10_000).contains(text.utf8.count), at: "text", "must have 1 to 10,000 bytes")
        checks.require((files?.count ?? 0) <= 5, at: "files", "must be at most five")
    }
}

/// The form of a comment.
struct Remark: Decodable, Validatable {
    let text: String

    func validate(_ checks: inout ValidationChecks) {
        checks.require((1...2_000).contains(text.utf8.count), at: "text", "must have 1 to 2,000 bytes")
    }
}

/// The forms for signing up and signing in.
struct Credentials: Decodable, Validatable {
    let name: String
    let password: String
    let isRemembered: Bool

    func validate(_ checks: inout ValidationChecks) {
        checks.require((1...40).contains(name.utf8.count), at: "name", "must have 1 to 40 bytes")
        checks.require(password.utf8.count >= 8, at: "password", "must have at least 8 bytes")
    }
}

/// What a visitor looks for.
struct Search: Decodable, Validatable {
    let words: String?
    let page: Int?

    var number: Int { page ?? 1 }

    func validate(_ checks: inout ValidationChecks) {
        checks.require((1...10_000).contains(number), at: "page", "must be from 1 to 10,000")
    }
}
