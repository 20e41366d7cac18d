import GustFiles
public import GustHTTP

/// The Mustache templates of a directory, compiled once.
///
/// ```swift
/// let templates = try Templates(directory: "Templates")
/// app.use(templates)
/// app.get("/") { request in try request.render("index", context: IndexPage(title: "Gust", lines: ["one", "two"])) }
/// ```
///
/// The name of a template is its path without `.mustache`: the name of `Templates/chat/room.mustache` is `chat/room`.
/// `{{name}}` inserts a value escaped for HTML, `{{{name}}}` inserts it unescaped. `{{> header}}` inserts a partial. A page uses a layout
/// by `{{< layout}}{{$body}}…{{/body}}{{/layout}}`. `{{#name}}…{{/name}}` renders its inside for each element of a list, or once if the
/// value is neither nothing nor false, 0 or an empty text; `{{^name}}…{{/name}}` otherwise. In a list, `@first`, `@last` and `@index` are
/// values.
///
/// Tags can call helpers, everywhere in pages, partials, layouts and blocks. Those of the library need the request:
///
/// - `{{url post slug=post.slug page="2"}}` inserts the path of the route called `post`. The values of its captures are names of values or
///   quoted texts; a capture whose value is missing or empty is left out.
/// - `{{static_url "app.js"}}` inserts the path of a static file with its version; see `Request.staticURL(_:)`.
/// - `{{csrf_field}}` inserts the hidden field `_csrf` of a form, `{{csrf_token}}` the token alone.
/// - `{{#flash}}{{kind}} {{text}}{{/flash}}` shows the messages that `Session.flash(_:kind:)` has left for this page. Only a section that
///   is rendered takes them from the session.
/// - `{{csp_nonce}}` inserts the nonce of the `Content-Security-Policy`.
///
/// A ``TemplateHelper`` adds one of the application.
///
/// Values are members of a context that is `Encodable`, or a dictionary of strings, numbers, booleans, dates, arrays, dictionaries with
/// string keys, optionals of these, and `Encodable` values; other types are read by reflection, which is slow. Dates are ISO 8601 text.
/// `HTML` is inserted unescaped.
///
/// Escaping replaces `<`, `>`, `&`, `"` and `'`. An escaped value is safe as the text of an element and as a quoted
/// attribute value. It isn't safe in an unquoted attribute, in a script or in a style, nor as a URL: a URL from a
/// visitor may begin with `javascript:`.
///
/// As a middleware, the templates are used by `request.render(_:context:)`; and when the routes are built, all links and static files that
/// the templates name are checked, so that a misspelt name is reported with its file and line before the server starts.
public final class Templates: TemplateRenderer {
    private let directory: TemplateDirectory
    private let isStrict: Bool
    private let libraries: TemplateReloading

    /// Reads and compiles the templates in `directory` and its subdirectories; blocks the thread, so do it before
    /// serving.
    ///
    /// - Parameters:
    ///   - directory: the path of the directory; a relative path is relative to the current working directory.
    ///   - reloads: whether changed templates are read again, so that changes become visible without a restart. Use this only for
    ///     development, because each page blocks the loop while the dates of all templates are read.
    ///   - strict: whether a name without a value is an error instead of empty text; nil means true if the templates
    ///     are reloaded. A value that is nil has a name. Any name may be missing in a dictionary that is itself a value.
    ///   - helpers: functions for tags, by their names.
    /// - Throws: ``TemplateError`` if the directory can't be read, if a template has a syntax error, or if a template
    ///   names a partial, a layout or a helper that doesn't exist.
    public init(
        directory: String = "Templates",
        reloads: Bool = false,
        strict: Bool? = nil,
        helpers: [String: TemplateHelper] = [:]
    ) throws(TemplateError) {
        self.directory = TemplateDirectory(path: FileDirectory(path: directory).path)
        isStrict = strict ?? reloads
        libraries = try TemplateReloading(self.directory, TemplateFunctions(helpers), reloads: reloads)
    }

    /// The names of all templates, sorted.
    package var names: [String] { libraries.latest.names }

    /// Renders the template called `name` with `values`, without a request: for mails, and for templates without links.
    ///
    /// - Throws: ``TemplateError`` if there is no such template, if a tag needs the request, if a value is missing in a strict template, or
    ///   after a change if a template has a mistake; an `HTTPError` of a helper.
    public func render(_ name: String, _ values: [String: any Sendable] = [:]) throws -> HTML {
        try render(name, TemplateValue(page: values), nil)
    }

    /// Renders the template called `name` with `values` for a request.
    ///
    /// - Throws: As ``render(_:_:)``; also ``TemplateError`` if a link can't be built, or if a helper has no session.
    public func render(_ name: String, _ values: [String: any Sendable] = [:], for request: Request) throws -> HTML {
        try render(name, TemplateValue(page: values), request)
    }

    /// Renders the template called `name` with the members of a context, without a request.
    ///
    /// - Throws: As ``render(_:_:)``; also the error of the context's `encode(to:)`.
    public func render(_ name: String, context: some Encodable & Sendable) throws -> HTML {
        try render(name, TemplateValue(any: context), nil)
    }

    /// Renders the template called `name` with the members of a context.
    ///
    /// ```swift
    /// struct TicketPage: Encodable { let title: String, comments: [Comment], assignee: User? }
    /// try templates.render("ticket", context: TicketPage(…), for: request)
    /// ```
    /// The context is encoded once. In a strict template, a name that it doesn't have is an error with the place of the tag.
    /// - Throws: As ``render(_:_:for:)``; also the error of the context's `encode(to:)`.
    public func render(_ name: String, context: some Encodable & Sendable, for request: Request) throws -> HTML {
        try render(name, TemplateValue(any: context), request)
    }

    private func render(_ name: String, _ values: TemplateValue, _ request: Request?) throws -> HTML {
        let library = try libraries.current()
        guard let template = library.template(called: name) else {
            throw TemplateError(.unknown, missing(name, in: library))
        }
        var page = PageRendering(library, values, isStrict: isStrict, for: request)
        try page.render(template.nodes)
        return HTML(page.text)
    }

    /// The reason why the template called `name` can't be rendered; nil if it can.
    public func problem(with name: String) -> String? {
        let library = libraries.latest
        return library.template(called: name) == nil ? missing(name, in: library) : nil
    }

    /// The first mistake in the links of a template, and of its partials and layouts; nil if there is none.
    func mistake(in name: String, linkingTo urls: any RouteURLs) -> TemplateError? {
        libraries.latest.mistake(in: name, linkingTo: urls)
    }

    /// The mistakes in the links of all templates.
    func mistakes(linkingTo urls: any RouteURLs) -> [TemplateError] { libraries.latest.mistakes(linkingTo: urls) }

    private func missing(_ name: String, in library: TemplateLibrary) -> String {
        "there is no template \"\(name)\" in \(directory.path), \(library.hint)"
    }
}
