public import GustHTTP

/// Makes pages of named templates and values; ``Templates`` does so with Mustache, another engine may take its place.
public protocol TemplateRenderer: Sendable {
    /// Renders the template called `name` with `values`.
    ///
    /// Called on a connection's loop, so it must not block for long.
    /// - Throws: ``TemplateError`` or an error of the engine's own.
    func render(_ name: String, _ values: [String: any Sendable]) throws -> HTML

    /// Why the template called `name` can't be rendered, as a sentence without its full stop; nil if it can.
    func problem(with name: String) -> String?
}
