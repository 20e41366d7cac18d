import GustHTTP
import GustRouting
import GustWire

/// The path of an endpoint: `/resource[separator extra][tail]`.
///
/// The route's pattern is the part in front of the tail. The tail is a sentence in the URL grammar of a generation, or a
/// file of the client; ``EndpointTail`` finds it.
struct EndpointPattern {
    /// The capture that holds what follows the pattern; the last one, hidden from handlers.
    static let tailName = "gustTail"

    /// The capture that is there if the extra part is.
    private static let markName = "gustExtra"

    /// The text of the pattern.
    let text: String
    /// Whether the path may end without an extra part.
    private let extraIsOptional: Bool
    /// Whether there is an extra part, so that the end of the path has to be told from it.
    private let hasExtra: Bool
    private let requiresSlash: Bool

    /// Makes the pattern.
    ///
    /// - Parameters:
    ///   - resource: the resource, without slashes at its ends: literal text, or a regular expression.
    ///   - isExpression: whether `resource` is a regular expression.
    ///   - extra: a regular expression for more of the path, perhaps with a group called `extra` of the user's own.
    ///   - separator: literal text between resource and extra part.
    ///   - requiresSlash: whether the path of an Engine.IO client must have a slash at its end.
    init(resource: String, isExpression: Bool, extra: String?, separator: String, requiresSlash: Bool = false) {
        let resource = isExpression ? resource : Pattern.escape(resource)
        hasExtra = extra != nil
        self.requiresSlash = requiresSlash
        guard let extra else {
            // Everything below the resource belongs to the endpoint.
            text = "/\(resource)(?P<\(Self.tailName)>\(requiresSlash ? "/.*" : "(?:/.*)?"))"
            extraIsOptional = false
            return
        }
        let alone = try? Pattern("/(?:\(extra))")
        // An expression that is wrong, or right only behind the resource, is reported when the routes are built.
        extraIsOptional = alone?.matches("/") ?? false
        let names = alone?.groupNames.compactMap(\.self) ?? []
        let isNamed = names.contains { $0.utf8.elementsEqual("extra".utf8) }
        let wrapped = isNamed ? "(?:\(extra))" : "(?P<extra>\(extra))"
        text = "/\(resource)(?:\(Pattern.escape(separator))\(wrapped)(?P<\(Self.markName)>))?"
    }

    /// The values of our own captures in a path that is built from the pattern.
    var impliedValues: [String: String] {  // bytes: names in our own patterns
        guard hasExtra else { return [Self.tailName: requiresSlash ? "/" : ""] }
        // A path without the extra part isn't one of the endpoint, unless that part may be empty.
        return extraIsOptional ? [:] : [Self.markName: ""]
    }

    /// What may follow the pattern; nil if the pattern has room for it.
    func tail(revisions: [Revision], clientFiles: ClientFiles) -> RouteTail? {
        guard hasExtra else { return nil }
        let extraIsOptional = extraIsOptional
        let tail = EndpointTail(revisions: revisions, clientFiles: clientFiles, requiresSlash: requiresSlash)
        return RouteTail(
            Self.tailName,
            lengths: { path, query in tail.lengths(path, query) },
            follows: { text, captures in
                // The client's files are served below the bare resource, too.
                extraIsOptional || captures[Self.markName] != nil || clientFiles.has(text)
            }
        )
    }

    /// The tail that the route found, as patterns see it: an encoded slash is still encoded.
    static func tail(of captures: Captures) -> String { captures.lastText ?? "" }

    /// The captures that handlers get.
    static func userCaptures(_ captures: Captures) -> Captures {
        Captures(captures.all.filter { $0.name != tailName && $0.name != markName })
    }
}
