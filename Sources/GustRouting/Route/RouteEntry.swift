import GustHTTP
import HTTPTypes

/// A route with its patterns compiled and its wishes checked.
struct RouteEntry: Sendable {
    let route: Route
    let pattern: Pattern
    let host: Pattern?
    /// The methods it answers; nil is every method.
    let methods: [HTTPRequest.Method]?
    /// What is wrong with it.
    let problems: [String]

    init(_ route: Route) throws(PatternError) {
        self.route = route
        pattern = try Pattern(route.pattern)
        // A host pattern is an expression like any other, only without the slash in front.
        host = if let host = route.host { try Pattern("/" + PatternSyntax.grouped(host)) } else { nil }
        methods = route.methods.map { methods in
            // HEAD is GET without the body; the server leaves that out.
            methods.contains(.get) && !methods.contains(.head) ? methods + [.head] : methods
        }
        problems = Self.problems(route, pattern)
    }

    func answers(_ method: HTTPRequest.Method) -> Bool { methods?.contains(method) ?? true }

    /// Whether the request's host is one of this route's.
    func acceptsHost(of request: Request) -> Bool {
        guard let host else { return true }
        guard let field = request.headers.first(where: { $0.name.canonicalName == "host" }) else { return false }
        let name = field.value.split(separator: ":", maxSplits: 1).first.map { $0.lowercased() } ?? ""
        return host.matches("/" + name)
    }

    private static func problems(_ route: Route, _ pattern: Pattern) -> [String] {
        switch route.wanted {
        case .anything: return []
        case .count(let count):
            guard count != pattern.groupNames.count else { return [] }
            return [
                RoutesError.problem(
                    "the handler takes \(count) captures, the pattern has \(pattern.groupNames.count)",
                    route
                )
            ]
        case .names(let names):
            return names.filter { !pattern.groupNames.contains($0) }.map { name in
                RoutesError.problem("the handler wants a capture called \"\(name)\", the pattern has none", route)
            }
        }
    }

    /// The path for these values.
    func url(_ values: [String: String]) throws(ReverseError) -> String {
        guard let pieces = PatternPieces.pieces(of: pattern.source) else {
            throw ReverseError("the pattern \(pattern) is more than text and groups: no path can be built from it")
        }
        let path = try build(pieces, values) ?? ""
        guard let target = RequestTarget(path), pattern.matches(target.matchingPath) else {
            throw ReverseError("\(path) doesn't match \(pattern): a value is of the wrong form")
        }
        return path
    }

    /// The text of `pieces`; nil if they may be left out and a value is missing.
    private func build(
        _ pieces: [PatternPieces.Piece],
        _ values: [String: String],
        isOptional: Bool = false
    ) throws(ReverseError) -> String? {
        var path = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): path += Self.encode(text)
            case .group(let number):
                let name = pattern.groupNames.indices.contains(number) ? pattern.groupNames[number] : nil
                guard let value = name.flatMap({ values[$0] }) ?? (name == nil ? values["\(number)"] : nil) else {
                    if isOptional { return nil }
                    throw ReverseError("a value for \"\(name ?? "\(number)")\" is missing for \(pattern)")
                }
                path += Self.encode(value)
            case .optional(let inner):
                // Nothing asks for text that may be left out.
                guard Self.hasGroup(inner) else { continue }
                path += try build(inner, values, isOptional: true) ?? ""
            }
        }
        return path
    }

    private static func hasGroup(_ pieces: [PatternPieces.Piece]) -> Bool {
        pieces.contains { piece in
            switch piece {
            case .literal: false
            case .group: true
            case .optional(let inner): hasGroup(inner)
            }
        }
    }

    private static func encode(_ text: String) -> String {
        text.split(separator: "/", omittingEmptySubsequences: false)
            .map { PercentEncoding.encodeSegment(String($0)) }.joined(separator: "/")
    }
}

/// Why no path can be built.
public struct ReverseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is missing or wrong.
    public let description: String

    init(_ description: String) { self.description = description }
}
