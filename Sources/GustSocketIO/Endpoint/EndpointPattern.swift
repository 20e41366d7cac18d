import GustHTTP
import GustRouting

/// The pattern of an endpoint's route: `/resource[separator extra][tail]`.
enum EndpointPattern {
    /// The capture that holds what follows the resource; hidden from handlers.
    static let tailName = "gustTail"

    /// What may follow the resource and its extra part: client files, the transports of 0.6, the protocol number of 0.9.
    private static let tails =
        #"/(?:(?:socket\.io(?:\.esm)?\.js|websocket|flashsocket|xhr-multipart|xhr-polling|jsonp-polling|htmlfile|1)(?:/.*)?)?"#

    /// The text of the pattern.
    ///
    /// Without an extra part everything below the resource belongs to the endpoint. With one, the extra part is what
    /// stands before the longest tail.
    /// - Parameters:
    ///   - resource: the resource, without slashes at its ends: literal text, or a regular expression.
    ///   - isExpression: whether `resource` is a regular expression.
    ///   - extra: a regular expression for more of the path, perhaps wrapped in `(?P<extra>…)` by the user.
    ///   - separator: literal text between resource and extra part.
    /// - Returns: the pattern, to be compiled by routing.
    static func text(resource: String, isExpression: Bool, extra: String?, separator: String) -> String {
        let resource = isExpression ? resource : Pattern.escape(resource)
        guard let extra else { return "/\(resource)(?P<\(tailName)>/.*)?" }
        let wrapped = extra.hasPrefix("(?P<extra>") || extra.hasPrefix("(?<extra>") ? extra : "(?P<extra>\(extra))"
        return "/\(resource)(?:\(Pattern.escape(separator))\(wrapped))?(?P<\(tailName)>\(tails))?"
    }

    /// The captures that handlers get.
    static func userCaptures(_ captures: Captures) -> Captures {
        Captures(captures.all.filter { $0.name != tailName })
    }
}
