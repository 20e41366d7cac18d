public import GustHTTP

/// Renders named templates with values; ``Templates`` does so with Mustache, and other engines can be used instead.
public protocol TemplateRenderer: Sendable {
    /// Renders the template called `name` with `values`.
    ///
    /// This method is called on a connection's loop and must not block for long.
    /// - Throws: An error, or an error of the engine.
    func render(_ name: String, _ values: [String: any Sendable]) throws -> HTML

    /// Renders the template called `name` with `values` for a request, whose router has the routes to which the template links.
    ///
    /// The default implementation renders without the request.
    func render(_ name: String, _ values: [String: any Sendable], for request: Request) throws -> HTML

    /// The reason why the template called `name` can't be rendered, as a sentence without a full stop; nil if it can.
    func problem(with name: String) -> String?
}

extension TemplateRenderer {
    /// Renders without the request, for an engine whose templates don't link to routes.
    public func render(_ name: String, _ values: [String: any Sendable], for request: Request) throws -> HTML {
        try render(name, values)
    }
}
