public import GustHTTP
public import HTTPTypes

/// A pattern, the methods it is for, and what answers.
public struct Route: Sendable, CustomStringConvertible {
    /// The path pattern as text; compiled when the routes are built.
    public var pattern: String
    /// The methods; nil is every method.
    public var methods: [HTTPRequest.Method]?
    /// A name to build URLs by.
    public var name: String?
    /// A pattern that the whole host must match, in any case, without its port; nil is every host.
    ///
    /// Its captures come in front of those of ``pattern``.
    public var host: String?
    /// Finds the handler for a match: nil if the captures don't convert, which lets the next route try.
    var resolve: @Sendable (Captures) -> (any Handler)?
    /// What answers, if that doesn't depend on the captures.
    var handler: (any Handler)?
    /// What the handler wants of the captures, to be checked against the pattern when the routes are built.
    var wanted = WantedCaptures.anything
    /// What may follow the pattern; nil if the pattern is for whole paths.
    package var tail: RouteTail?
    /// Where it was registered.
    var source = SourceLocation(file: "", line: 0)
    /// The groups, mounts and hosts with middleware that it is in, the outermost first.
    var scopes: [RouteScope] = []
    /// What was found wrong when it was put into a group, mount or host, each with the part of the pattern to underline.
    var mistakes: [(message: String, part: String?)] = []

    /// Makes a route; add it by `Routes.add`.
    ///
    /// - Parameters:
    ///   - pattern: the path pattern.
    ///   - methods: the methods; nil is every method.
    ///   - name: a name to build URLs by.
    ///   - host: a pattern for the host.
    ///   - handler: what answers.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    public init(
        _ pattern: String,
        methods: [HTTPRequest.Method]? = nil,
        name: String? = nil,
        host: String? = nil,
        handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        self.pattern = pattern
        self.methods = methods
        self.name = name
        self.host = host
        self.handler = handler
        source = SourceLocation(file: file, line: line)
        resolve = { _ in handler }
    }

    init(
        _ pattern: String,
        methods: [HTTPRequest.Method]?,
        name: String?,
        wanted: WantedCaptures,
        source: SourceLocation,
        resolve: @escaping @Sendable (Captures) -> (any Handler)?
    ) {
        self.pattern = pattern
        self.methods = methods
        self.name = name
        self.wanted = wanted
        self.source = source
        self.resolve = resolve
    }

    /// The middleware of all groups, mounts and hosts around it, the outermost first.
    var middleware: [any Middleware] { scopes.flatMap(\.middleware) }

    /// This route inside of one more scope.
    func inside(_ scope: RouteScope) -> Route {
        guard !scope.middleware.isEmpty else { return self }
        var route = self
        route.scopes.insert(scope, at: 0)
        return route
    }

    /// Methods and pattern, such as `GET /users/:id`.
    public var description: String {
        "\(methodsText) \(host.map { "//\($0)" } ?? "")\(pattern)\(name.map { " (\($0))" } ?? "")"
    }

    /// The methods with commas between; `*` is every method.
    var methodsText: String { methods.map { $0.map(\.rawValue).joined(separator: ",") } ?? "*" }
}
