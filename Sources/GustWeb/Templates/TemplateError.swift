/// What is wrong with a directory of templates, or with a name asked for.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// The kinds of mistake.
    public enum Kind: Sendable, Hashable {
        /// The directory can't be read.
        case unreadable
        /// A template is not well formed.
        case malformed
        /// A template, or a partial or parent that one names, doesn't exist.
        case unknown
        /// A strict template names a value that doesn't exist.
        case missingValue
    }

    /// The kind of mistake.
    public let kind: Kind
    /// The mistake in words, with file, line and column where they are known.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
