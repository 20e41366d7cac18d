import GustHTTP
import GustRouting
import HTTPTypes

/// What a developer wants to know of a request that failed; as JSON, a problem document (RFC 9457) with further members.
struct ErrorReport: Sendable, Encodable {
    /// The error that a handler has thrown.
    struct Failure: Sendable, Encodable {
        let type: String
        let text: String
    }

    /// A field, a capture or a value of the query.
    struct Pair: Sendable, Encodable {
        let name: String
        let value: String
    }

    let status: Int
    let title: String
    let detail: String
    /// nil if no route answers the request.
    let error: Failure?
    /// The lines of the template that the error names; nil for other errors.
    let excerpt: SourceExcerpt?
    let method: String
    let path: String
    let query: [Pair]
    let fields: [Pair]
    let route: RouteSummary?
    let captures: [Pair]
    /// The routes that nearly match; empty if one has matched.
    let nearMisses: [NearMiss]
    /// The types of the middleware around the handler, the outermost first.
    let middleware: [String]

    /// Makes the report.
    ///
    /// - Parameters:
    ///   - error: The error of a handler; nil if the router has no route for the request.
    ///   - status: The status of the response.
    ///   - request: The request.
    init(_ error: (any Error)?, _ status: HTTPResponse.Status, _ request: Request) {
        self.status = status.code
        title = status.reasonPhrase
        self.error = error.map { Failure(type: String(reflecting: type(of: $0)), text: "\($0)") }
        excerpt = self.error.flatMap { SourceExcerpt(namedIn: $0.text) }
        method = request.method.rawValue
        path = request.path
        query = request.query.map { Secrets.pair($0.name, $0.value) }
        fields = request.headers.map { Secrets.pair($0.name.rawName, $0.value) }
        let table = request.routeTable
        let match = error == nil ? nil : table?.route(for: request)
        route = match?.route
        var number = 0
        captures = (match?.captures ?? []).map { name, value in
            defer { if name == nil { number += 1 } }
            return Secrets.pair(name ?? "\(number)", value ?? "")
        }
        nearMisses = error == nil ? table?.nearMisses(of: request) ?? [] : []
        middleware = (table?.middleware ?? []) + (match?.route.middleware ?? [])
        detail =
            if let failure = self.error { "\(failure.type): \(failure.text)" } else if status == .methodNotAllowed {
                "no route for this path answers \(method)"
            } else {
                "no route matches this path"
            }
    }

    /// The report as plain text.
    var text: String {
        var lines = ["\(status) \(title)", "", detail, ""]
        if let excerpt {
            lines +=
                [excerpt.place] + excerpt.lines.map { "\($0.isMarked ? ">" : " ") \($0.number)  \($0.text)" } + [""]
        }
        lines.append("\(method) \(path)")
        if let route { lines += ["route: \(route.methodsText) \(route.place)  \(route.source)"] }
        lines += captures.map { "  \($0.name) = \($0.value)" }
        if !nearMisses.isEmpty { lines += ["", "near misses:"] }
        lines += nearMisses.map {
            "  \($0.route.methodsText) \($0.route.place)  \($0.route.source)  \($0.reason.rawValue)"
        }
        if !middleware.isEmpty { lines += ["", "middleware: \(middleware.joined(separator: ", "))"] }
        lines += ["", "fields:"] + fields.map { "  \($0.name): \($0.value)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
