/// A mistake in a template, or in a call that renders one.
///
/// ``description`` has all of it, in the form that compilers use:
/// ```
/// /srv/desk/Templates/ticket.mustache:12:9: there is no value "titel"; there are only: assignee, title
///     <h1>{{titel}}</h1>
///         ^^^^^^^^^
/// ```
public struct TemplateError: Error, Sendable, CustomStringConvertible {
    /// The kinds of mistake.
    package enum Kind: Sendable, Hashable {
        /// The directory or a file in it can't be read.
        case unreadable
        /// A template has a syntax error, or isn't UTF-8.
        case malformed
        /// There is no such template, partial, layout, helper, route or static file.
        case unknown
        /// A strict template names a value that wasn't passed.
        case missingValue
        /// A helper has failed, for example because the request isn't in a session; or a link can't be built.
        case helper
        /// Partials, layouts and blocks include each other more than 100 deep.
        case recursion
        /// The context can't be encoded.
        case context
    }

    /// The kind of mistake.
    package let kind: Kind
    /// What is wrong, as a sentence without a full stop.
    public let reason: String
    /// The place of the mistake in the text of a template; nil if it has none.
    public let location: TemplateLocation?

    init(_ kind: Kind, _ reason: String, at location: TemplateLocation? = nil) {
        self.kind = kind
        self.reason = reason
        self.location = location
    }

    /// The file, line and column, the reason, and the line with the tag underlined.
    public var description: String {
        guard let location else { return reason }
        return "\(location): \(reason)\n\(location.excerpt)"
    }
}
