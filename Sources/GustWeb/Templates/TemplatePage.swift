public import GustHTTP

/// Answers every request with one template.
public struct TemplatePage: SelfCheckingHandler {
    private let name: String
    private let renderer: any TemplateRenderer
    private let render: @Sendable (Request) -> Answer

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
        render = { request in
            Answer { try renderer.render(name, values(request), for: request).response(for: request) }
        }
    }

    init(_ name: String, from templates: Templates, render: @escaping @Sendable (Request) -> Answer) {
        self.name = name
        renderer = templates
        self.render = render
    }

    /// The reason why this handler can't work: the template doesn't exist.
    package var problem: String? { renderer.problem(with: name) }

    /// The reason why this handler can't work: the template doesn't exist, or it names a route or a static file that doesn't exist.
    package func problem(linkingTo urls: any RouteURLs) -> String? {
        if let problem { return problem }
        guard let mistake = (renderer as? Templates)?.mistake(in: name, linkingTo: urls) else { return nil }
        return "the template \"\(name)\" has a mistake\n\(mistake)"
    }

    /// Answers with the rendered template.
    public func answer(_ request: Request) -> Answer { render(request) }
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

    /// Answers with the template called `name` and the members of a context.
    ///
    /// ```swift
    /// app.get("/chat/:room", use: .page("chat", from: templates) { ChatPage(room: $0.captures["room"]) })
    /// ```
    /// As for ``template(_:from:_:)``, the router checks the name and the links of the template when it is built.
    public static func page<Context: Encodable & Sendable>(
        _ name: String,
        from templates: Templates,
        context: @escaping @Sendable (Request) throws -> Context
    ) -> TemplatePage {
        TemplatePage(name, from: templates) { request in
            Answer {
                try templates.render(name, context: context(request), for: request).response(for: request)
            }
        }
    }

    /// Answers with the template called `name` and the members of a context that is awaited.
    public static func page<Context: Encodable & Sendable>(
        _ name: String,
        from templates: Templates,
        context: @escaping @Sendable (Request) async throws -> Context
    ) -> TemplatePage {
        TemplatePage(name, from: templates) { request in
            .pending {
                try templates.render(name, context: try await context(request), for: request).response(for: request)
            }
        }
    }
}
