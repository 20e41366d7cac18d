/// An error in a directory of templates, or in a request to render one.
package struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {  // bytes: text for people
    /// The kinds of error.
    package enum Kind: Sendable, Hashable {
        /// The directory can't be read.
        case unreadable
        /// A template has a syntax error, or isn't UTF-8.
        case malformed
        /// The template, or a partial or layout that a template names, doesn't exist.
        case unknown
        /// A strict template names a value that wasn't passed.
        case missingValue
    }

    /// The kind of error.
    package let kind: Kind
    /// A message, with file, line and column if they are known.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
