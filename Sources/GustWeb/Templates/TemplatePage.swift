public import GustHTTP

/// Answers every request with one template.
public struct TemplatePage: SelfCheckingHandler {
    private let name: String
    private let renderer: any TemplateRenderer
    private let values: @Sendable (Request) throws -> [String: any Sendable]

    /// Makes a handler that renders the template called `name` with values for the request.
    ///
    /// `values` is called on the connection's loop. An error that it throws is answered like a handler's error.
    package init(
        _ name: String,
        from renderer: any TemplateRenderer,
        values: @escaping @Sendable (Request) throws -> [String: any Sendable]
    ) {
        self.name = name
        self.renderer = renderer
        self.values = values
    }

    /// The reason why this handler can't work: the template doesn't exist.
    package var problem: String? { renderer.problem(with: name) }

    /// The reason why this handler can't work: the template doesn't exist, or it links to a route that doesn't exist.
    package func problem(linkingTo urls: any RouteURLs) -> String? {
        if let problem { return problem }
        guard let templates = renderer as? Templates else { return nil }
        return templates.linkedRoutes(of: name).lazy.compactMap(urls.problem).first.map { problem in
            "the template \"\(name)\" links to a route: \(problem)"
        }
    }

    /// Answers with the rendered template, immediately.
    public func answer(_ request: Request) -> Answer { Answer { try page(for: request) } }

    private func page(for request: Request) throws -> Response {
        try renderer.render(name, values(request), for: request).response(for: request)
    }
}

extension Handler where Self == TemplatePage {
    /// Answers with the template called `name` and the same values for every request.
    ///
    /// ```swift
    /// app.get("/about", use: .template("about", from: templates, ["title": "About"]))
    /// ```
    public static func template(
        _ name: String,
        from renderer: any TemplateRenderer,
        _ values: [String: any Sendable] = [:]
    ) -> TemplatePage {
        TemplatePage(name, from: renderer) { _ in values }
    }

    /// Answers with the template called `name` and values that depend on the request.
    ///
    /// ```swift
    /// app.get("/chat/:room", use: .template("chat", from: templates) { ["room": $0.captures["room"]] })
    /// ```
    public static func template(
        _ name: String,
        from renderer: any TemplateRenderer,
        values: @escaping @Sendable (Request) throws -> [String: any Sendable]
    ) -> TemplatePage {
        TemplatePage(name, from: renderer, values: values)
    }
}
