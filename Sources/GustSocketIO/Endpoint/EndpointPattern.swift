import GustHTTP
import GustRouting

/// The pattern of an endpoint's route: `/resource[separator extra][tail]`.
enum EndpointPattern {
    /// The capture that holds what follows the resource; hidden from handlers.
    static let tailName = "gustTail"

    /// The capture that is there if the path ends in what only this endpoint can mean.
    private static let markName = "gustMark"

    /// What may follow the extra part: client files, the protocol number of 0.9, the transports of 0.6.
    ///
    /// Behind `/1` a transport's name belongs to 0.9, so that `/1` is never taken for the end of the extra part.
    private static let tails =
        #"/(?:socket\.io(?:\.esm)?\.js|1(?:/.*)?|(?<!/1/)"#
        + #"(?:websocket|flashsocket|xhr-multipart|xhr-polling|jsonp-polling|htmlfile)(?:/.*)?)"#

    /// The text of the pattern.
    ///
    /// Without an extra part everything below the resource belongs to the endpoint. With one, the extra part is what
    /// stands before the tail.
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
        // An extra part such as `.*` would swallow the tail: so it is looked for first, and if there is one it must be left.
        let mark = "(?=(?P<\(markName)>.*\(tails)\\z)?)"
        let tail = "(?P<\(tailName)>(?(<\(markName)>)\(tails)|(?:/|(?<!/))))"
        return "/\(resource)\(mark)(?:\(Pattern.escape(separator))\(wrapped))?\(tail)"
    }

    /// The captures that handlers get.
    static func userCaptures(_ captures: Captures) -> Captures {
        Captures(captures.all.filter { $0.name != tailName && $0.name != markName })
    }
}
