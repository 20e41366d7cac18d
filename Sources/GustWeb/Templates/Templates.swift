public import GustHTTP
import Synchronization

/// The Mustache templates of a directory, compiled once.
///
/// ```swift
/// let templates = try Templates(directory: "Templates")
/// app.get("/") { _ in try templates.render("index", ["title": "Gust", "lines": ["one", "two"]]) }
/// ```
///
/// A template is named by its path without `.mustache`: `Templates/chat/room.mustache` is `chat/room`. `{{name}}`
/// escapes for HTML, `{{{name}}}` doesn't; `{{> header}}` is a partial; a page takes its layout by
/// `{{< layout}}{{$body}}…{{/body}}{{/layout}}`. Values are strings, numbers, booleans, arrays, dictionaries with string
/// keys, or optionals of them; other types are read by reflection, which is slow.
///
/// Escaped are `<`, `>`, `&`, `"` and `'`, byte by byte: a value is safe as the text of an element and as an attribute's value
/// in quotes. It isn't safe in an attribute without quotes, in a script or in a style, and an address that a visitor gave may
/// begin with `javascript:`.
public final class Templates: TemplateRenderer {
    private let directory: String
    private let reloads: Bool
    private let isStrict: Bool
    private let library: Mutex<TemplateLibrary>

    /// Reads and compiles the templates in `directory` and below; blocks, so do it before serving.
    ///
    /// - Parameters:
    ///   - directory: a path, relative to the working directory of this moment unless it begins with `/`.
    ///   - reloads: whether the templates are read again for each page, so that changes show without a restart. Only
    ///     for development: it blocks the loop.
    ///   - strict: whether a name that is no value's is an error instead of nothing; nil is true if the templates are
    ///     reloaded. A value that may be missing is given as nil then.
    /// - Throws: ``TemplateError`` if the directory can't be read, a template isn't well formed, or one names a partial
    ///   or a layout that doesn't exist.
    public init(
        directory: String = "Templates",
        reloads: Bool = false,
        strict: Bool? = nil
    ) throws(TemplateError) {
        self.directory = FileDirectory(path: directory).path
        self.reloads = reloads
        isStrict = strict ?? reloads
        library = Mutex(try TemplateLibrary(directory: self.directory))
    }

    /// The names of all templates, sorted.
    public var names: [String] { library.withLock { $0 }.names }

    /// Renders the template called `name` with `values`.
    ///
    /// A value that isn't there renders as nothing, unless the templates are strict: then it is an error, because it may be
    /// a name misspelt. The parts of a value (`user.name`) aren't looked at.
    /// - Throws: ``TemplateError`` if there is no such template, or no such value.
    public func render(_ name: String, _ values: [String: any Sendable] = [:]) throws -> HTML {
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
        return HTML(text)
    }

    /// Why the template called `name` can't be rendered; nil if it can.
    public func problem(with name: String) -> String? {
        let library = library.withLock { $0 }
        if library.names.contains(name) { return nil }
        return "there is no template \"\(name)\" in \(directory), \(library.hint)"
    }

    private func current() throws(TemplateError) -> TemplateLibrary {
        guard reloads else { return library.withLock { $0 } }
        let fresh = try TemplateLibrary(directory: directory)
        library.withLock { $0 = fresh }
        return fresh
    }
}
