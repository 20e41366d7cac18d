import GustHTTP

/// The helpers that tags can call, by their names.
struct TemplateFunctions: Sendable {
    private let functions: [String: TemplateFunction]  // bytes: names in our own program

    /// The helpers of the library, and those of an application.
    ///
    /// - Throws: A ``TemplateError`` if a name can't be in a tag, or is taken by the library.
    init(_ helpers: [String: TemplateHelper]) throws(TemplateError) {
        var functions = TemplateFunction.builtIn
        for (name, helper) in helpers {
            guard let path = TemplatePath(name), path.names.count == 1 else {
                throw TemplateError(.malformed, "\"\(name)\" can't be the name of a helper")
            }
            guard functions[name] == nil else {
                throw TemplateError(.malformed, "a helper can't be called \"\(name)\": the library has one")
            }
            functions[name] = .custom(helper)
        }
        self.functions = functions
    }

    /// The names, sorted, for an error message.
    var list: String { functions.keys.sorted().joined(separator: ", ") }

    /// The helper that a tag calls; nil if the tag names a value.
    ///
    /// `url` and `static_url` without arguments are names of values.
    subscript(name: String, hasArguments hasArguments: Bool) -> TemplateFunction? {
        guard let function = functions[name], hasArguments || !function.needsArguments else { return nil }
        return function
    }
}
