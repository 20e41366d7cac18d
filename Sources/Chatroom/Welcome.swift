/// The acknowledgement of `join`.
struct Welcome: Codable, Sendable {
    /// The nickname given, perhaps with a number behind it because somebody has it already.
    var name: String
    /// Who is here.
    var people: People
    /// What was said last, oldest first.
    var lines: [Line]
}
