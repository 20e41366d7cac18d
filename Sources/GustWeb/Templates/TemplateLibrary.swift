import GustHTTP

/// The templates of a directory, as they were at one time.
struct TemplateLibrary: Sendable {
    private let templates: [String: ParsedTemplate]  // bytes: names of our own templates
    /// The names of the templates, sorted.
    let names: [String]

    /// Reads templates, and checks that all partials and layouts exist.
    ///
    /// - Throws: A ``TemplateError`` for the first mistake, in the order of the names of the templates.
    init(_ sources: [TemplateSource], functions: TemplateFunctions) throws(TemplateError) {
        var templates: [String: ParsedTemplate] = [:]  // bytes: names of our own templates
        for source in sources { templates[source.name] = try ParsedTemplate(source, functions: functions) }
        self.templates = templates
        names = templates.keys.sorted()
        for name in names {
            for mention in templates[name]?.mentions ?? [] where templates[mention.name] == nil {
                throw mention.place.error(.unknown, "there is no template \"\(mention.name)\", \(hint)")
            }
        }
    }

    /// The list of all templates, to be appended to an error message.
    var hint: String {
        names.isEmpty ? "but there are none" : "but there are only: " + names.joined(separator: ", ")
    }

    /// The template with a name.
    func template(called name: String) -> ParsedTemplate? { templates[name] }

    /// The first mistake in the links of a template, and of its partials and layouts; nil if there is none.
    func mistake(in name: String, linkingTo urls: any RouteURLs) -> TemplateError? {
        var waiting = [name]
        var known: Set<String> = []  // bytes: names of our own templates
        while let next = waiting.popLast() {
            guard known.insert(next).inserted, let template = templates[next] else { continue }
            if let mistake = Self.mistake(in: template, linkingTo: urls) { return mistake }
            waiting += template.mentions.map(\.name)
        }
        return nil
    }

    /// The first mistake in the links of each template.
    func mistakes(linkingTo urls: any RouteURLs) -> [TemplateError] {
        names.compactMap { name in templates[name].flatMap { Self.mistake(in: $0, linkingTo: urls) } }
    }

    private static func mistake(in template: ParsedTemplate, linkingTo urls: any RouteURLs) -> TemplateError? {
        for (call, place) in template.calls {
            switch (call.function, call.arguments.first) {
            case (.url, let argument?):
                guard let problem = urls.problem(with: argument.source, captures: call.named.map(\.key)) else {
                    continue
                }
                return place.error(.unknown, problem)
            case (.staticURL, .text(let path)):
                guard let problem = urls.problem(withFile: path) else { continue }
                return place.error(.unknown, problem)
            default: continue
            }
        }
        return nil
    }
}
