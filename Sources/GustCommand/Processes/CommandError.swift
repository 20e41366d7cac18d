/// A reason why the command can't do what was asked, in words for the developer.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
