import GustFiles
public import GustHTTP
import Synchronization

/// The Mustache templates of a directory, compiled once.
///
/// ```swift
/// let templates = try Templates(directory: "Templates")
/// app.get("/") { _ in try templates.render("index", ["title": "Gust", "lines": ["one", "two"]]) }
/// ```
///
/// The name of a template is its path without `.mustache`: the name of `Templates/chat/room.mustache` is `chat/room`.
/// `{{name}}` inserts a value escaped for HTML, `{{{name}}}` inserts it unescaped. `{{> header}}` inserts a partial. A
/// `{{url post slug=post.slug page="2"}}` inserts the path of the route called `post`, escaped for HTML. The values of its captures are names
/// of values or quoted texts; a capture whose value is missing or empty is left out. Such templates need the request
/// (``render(_:_:for:)``), and don't change the delimiters of tags. A
/// page uses a layout by `{{< layout}}{{$body}}…{{/body}}{{/layout}}`. Values are strings, numbers, booleans, arrays,
/// dictionaries with string keys, or optionals of these; other types are read by reflection, which is slow.
///
/// Escaping replaces `<`, `>`, `&`, `"` and `'`. An escaped value is safe as the text of an element and as a quoted
/// attribute value. It isn't safe in an unquoted attribute, in a script or in a style, nor as a URL: a URL from a
/// visitor may begin with `javascript:`.
public final class Templates: TemplateRenderer {
    private let directory: String
    private let reloads: Bool
    private let isStrict: Bool
    private let library: Mutex<TemplateLibrary>

    /// Reads and compiles the templates in `directory` and its subdirectories; blocks the thread, so do it before
    /// serving.
    ///
    /// - Parameters:
    ///   - directory: the path of the directory; a relative path is relative to the current working directory.
    ///   - reloads: whether the templates are read again for each page, so that changes become visible without a
    ///     restart. Use this only for development, because it blocks the loop.
    ///   - strict: whether a name without a value is an error instead of empty text; nil means true if the templates
    ///     are reloaded. In strict templates, pass nil for a value that may be missing.
    /// - Throws: An error if the directory can't be read, if a template has a syntax error, or if a template
    ///   names a partial or a layout that doesn't exist.
    public init(
        directory: String = "Templates",
        reloads: Bool = false,
        strict: Bool? = nil
    ) throws {
        self.directory = FileDirectory(path: directory).path
        self.reloads = reloads
        isStrict = strict ?? reloads
        library = Mutex(try TemplateLibrary(directory: self.directory))
    }

    /// The names of all templates, sorted.
    package var names: [String] { library.withLock { $0 }.names }

    /// Renders the template called `name` with `values`.
    ///
    /// A name without a value renders as empty text. In strict templates it is an error, because the name may be
    /// misspelt. Members of a value (`user.name`) aren't checked.
    /// - Throws: An error if there is no such template, or if a value is missing in a strict template.
    public func render(_ name: String, _ values: [String: any Sendable] = [:]) throws -> HTML {
        try render(name, values) { route, _ in
            throw TemplateError(
                .unknown,
                "the template \"\(name)\" links to the route \"\(route)\": render it with `for: request`"
            )
        }
    }

    /// Renders the template called `name` with `values`, and with links to routes of the router that has the request.
    ///
    /// ```swift
    /// app.get("/posts") { request in try templates.render("posts", ["posts": posts], for: request) }
    /// ```
    /// - Throws: An error as without the request, or `ReverseError` if a link can't be built, see `Router.url(for:_:)`. A page of
    ///   `.template(…)` with a link to an unknown route is a mistake that the router reports when it is built.
    public func render(_ name: String, _ values: [String: any Sendable] = [:], for request: Request) throws -> HTML {
        try render(name, values) { route, captures in try request.path(of: route, captures) }
    }

    private func render(
        _ name: String,
        _ values: [String: any Sendable],
        _ url: (_ route: String, _ captures: [String: String]) throws -> String
    ) throws -> HTML {
        let library = try current()
        let values = TemplateValues(values)
        guard let text = library.render(name, values) else {
            throw TemplateError(
                .unknown,
                "there is no template \"\(name)\" in \(directory), \(library.hint)"
            )
        }
        if isStrict, let unknown = values.unknownName {
            throw TemplateError(
                .missingValue,
                "the template \"\(name)\" names the value \"\(unknown)\", but \(values.hint)"
            )
        }
        return HTML(try library.links.fill(text, url))
    }

    /// The reason why the template called `name` can't be rendered; nil if it can.
    public func problem(with name: String) -> String? {
        let library = library.withLock { $0 }
        if library.names.contains(name) { return nil }
        return "there is no template \"\(name)\" in \(directory), \(library.hint)"
    }

    /// The names of the routes to which a template links, also in its partials and layouts.
    func linkedRoutes(of name: String) -> [String] { library.withLock { $0 }.linkedRoutes(of: name) }

    private func current() throws(TemplateError) -> TemplateLibrary {
        guard reloads else { return library.withLock { $0 } }
        let fresh = try TemplateLibrary(directory: directory)
        library.withLock { $0 = fresh }
        return fresh
    }
}
