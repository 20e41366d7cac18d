/// The reason why no path can be built from a pattern.
public struct ReverseError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// What is missing or wrong.
    public let description: String

    /// Makes an error with this text.
    package init(_ description: String) { self.description = description }
}
