public import GustHTTP
public import HTTPTypes

/// A pattern with its methods and its handler.
public struct Route: Sendable {
    /// The path pattern as text; compiled when the routes are built.
    package var pattern: String
    /// The methods that the route answers; nil stands for every method.
    package var methods: [HTTPRequest.Method]?
    /// The name by which ``Router/url(for:_:)`` finds the route.
    package var name: String?
    /// Values of captures that ``Router/url(for:_:)`` doesn't ask for, because they are the route's own.
    package var impliedValues: [String: String] = [:]  // bytes: names in our own patterns
    /// A pattern that must match the whole host without its port, ignoring case; nil stands for every host.
    ///
    /// Its captures precede those of ``pattern``.
    package var host: String?
    /// Conditions that a request must meet besides host, path and method; one that isn't met has the same effect as another path.
    var conditions: [@Sendable (Request) -> Bool] = []
    /// Returns the handler for a match; nil if the captures can't be converted, so that the next route is tried.
    var resolve: @Sendable (Captures) -> (any Handler)?
    /// The handler, if it doesn't depend on the captures.
    var handler: (any Handler)?
    /// The captures that the handler requires; checked against the pattern when the routes are built.
    var wanted = WantedCaptures.anything
    /// The tail that may follow the pattern; nil if the pattern must match the whole path.
    package var tail: RouteTail?
    /// The place where the route was registered.
    var source = SourceLocation(file: "", line: 0)
    /// The groups, mounts and hosts with middleware that contain the route, the outermost first.
    var scopes: [RouteScope] = []
    /// The middleware of this route only, inside that of ``scopes``; the outermost first.
    package var ownMiddleware: [any Middleware] = []
    /// The policy for a slash at the end; nil until a list of routes with a policy contains the route.
    var trailingSlash: TrailingSlash?
    /// The converters of the lists of routes that contain the route: expressions by name.
    var converters: [String: String] = [:]  // bytes: names in our own patterns
    /// Whether the warning about an expensive expression has been acknowledged.
    var toleratesBacktracking = false
    /// The prefixes of the groups and mounts that contain the route, the innermost first.
    var prefixes: [String] = []
    /// The mistakes that were found when the route was put into a group, mount or host, each with the part of the
    /// pattern to underline.
    var mistakes: [(message: String, part: String?)] = []

    /// Makes a route, to be added with ``RouteRegistering/add(_:)``.
    ///
    /// - Parameters:
    ///   - pattern: the path pattern.
    ///   - methods: the methods that the route answers; nil stands for every method.
    ///   - name: the name by which ``Router/url(for:_:)`` finds the route.
    ///   - host: a pattern for the host; nil stands for every host.
    ///   - handler: the handler that answers.
    ///   - file: the file that error messages name.
    ///   - line: the line that error messages name.
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

    /// The middleware of all groups, mounts and hosts that contain the route, the outermost first.
    var scopeMiddleware: [any Middleware] { scopes.flatMap(\.middleware) }

    /// This route inside another scope, unless that scope has no middleware.
    func inside(_ scope: RouteScope) -> Route {
        guard !scope.middleware.isEmpty else { return self }
        var route = self
        route.scopes.insert(scope, at: 0)
        return route
    }

    /// Methods and pattern, such as `GET /users/:id`.
    var description: String {
        "\(methodsText) \(host.map { "//\($0)" } ?? "")\(pattern)\(name.map { " (\($0))" } ?? "")"
    }

    /// The methods, separated by commas; `*` stands for every method.
    var methodsText: String { methods.map { $0.map(\.rawValue).joined(separator: ",") } ?? "*" }
}
