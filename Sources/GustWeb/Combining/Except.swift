public import GustHTTP

/// A middleware for all requests but some.
///
/// ```swift
/// app.use(Except("/health", "/metrics", use: LoadShedding()))
/// app.use(Except(use: Compress()) { $0.query["raw"] != nil })
/// ```
///
/// A path stands for itself and for the paths that continue with a slash after it: `/health` for `/health` and `/health/disk`,
/// not for `/healthz`. It is compared by its bytes with the path that routes match: percent-decoded once, with `%2F` and `%25` still
/// encoded. A path with an empty segment, a segment `.` or `..`, or a backslash is never excepted, because a handler of files might
/// read it differently. In a router that is mounted as a handler, the path is the rest after the prefix.
public struct Except: Middleware {
    private enum Condition: Sendable {
        case paths([String])
        case closure(@Sendable (Request) -> Bool)
    }

    private let condition: Condition
    private let middleware: any Middleware

    /// Leaves out a middleware for the requests of paths.
    ///
    /// - Parameters:
    ///   - paths: The paths, not percent-encoded; a slash at the end is ignored. `/` stands for the first page only.
    ///   - middleware: The middleware for other requests; several are an ``Every``.
    public init(_ paths: String..., use middleware: any Middleware) {
        condition = .paths(
            paths.map { path in
                let hasSlash = path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/")
                return String(decoding: path.utf8.dropLast(hasSlash ? 1 : 0), as: UTF8.self)
            }
        )
        self.middleware = middleware
    }

    /// Leaves out a middleware for the requests that meet a condition.
    ///
    /// - Parameters:
    ///   - middleware: The middleware for other requests; several are an ``Every``.
    ///   - condition: Called on the loop of the connection; must not block.
    public init(use middleware: any Middleware, _ condition: @escaping @Sendable (Request) -> Bool) {
        self.condition = .closure(condition)
        self.middleware = middleware
    }

    /// Answers with the answer of the middleware, or, for an excepted request, with that of `next`.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        isExcepted(request) ? next.answer(request) : middleware.answer(request, next: next)
    }

    private func isExcepted(_ request: Request) -> Bool {
        switch condition {
        case .closure(let condition): return condition(request)
        case .paths(let paths):
            let path = request.target.matchingPath
            return paths.contains { Self.is($0, in: path) } && Self.isPlain(path)
        }
    }

    /// Whether `path` equals the excepted path or continues with a slash after it.
    private static func `is`(_ excepted: String, in path: String) -> Bool {
        guard path.hasBytePrefix(excepted) else { return false }
        if path.utf8.count == excepted.utf8.count { return true }
        return excepted.utf8.count > 1
            && path.utf8[path.utf8.index(path.utf8.startIndex, offsetBy: excepted.utf8.count)] == UInt8(ascii: "/")
    }

    /// Whether every reader takes the path for the same one; an empty segment is allowed at the end.
    private static func isPlain(_ path: String) -> Bool {
        guard !path.utf8.contains(UInt8(ascii: "\\")) else { return false }
        let segments = path.pieces(on: UInt8(ascii: "/")).dropFirst()
        return segments.dropLast().allSatisfy { !$0.isEmpty }
            && segments.allSatisfy { !$0.hasSameBytes(as: ".") && !$0.hasSameBytes(as: "..") }
    }
}
