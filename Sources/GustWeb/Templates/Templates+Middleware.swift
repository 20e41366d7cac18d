public import GustHTTP

/// The templates of all requests.
extension Templates: Middleware, SelfCheckingMiddleware {
    enum Key: RequestStorageKey { typealias Value = Templates }

    /// Lets the handlers inside use `request.render(_:context:)`, and answers with the answer of `next`.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        request.storage[Key.self] = self
        return next.answer(request)
    }

    /// The mistakes in the links of all templates, one below the other; nil if there is none.
    package func problem(linkingTo urls: any RouteURLs) -> String? {
        let mistakes = mistakes(linkingTo: urls)
        return mistakes.isEmpty ? nil : mistakes.map(\.description).joined(separator: "\n")
    }
}

/// Pages for requests inside of the middleware ``Templates``.
extension Request {
    /// Renders a template with the members of a context; see ``Templates/render(_:context:for:)``.
    ///
    /// ```swift
    /// app.get("/tickets/:id<int>") { request, id in try request.render("ticket", context: TicketPage(try desk.ticket(id))) }
    /// ```
    /// - Throws: As ``Templates/render(_:context:for:)``; also ``TemplateError`` if the request isn't inside of the middleware.
    public func render(_ name: String, context: some Encodable & Sendable) throws -> HTML {
        try templates(for: name).render(name, context: context, for: self)
    }

    /// Renders a template with values; see ``Templates/render(_:_:for:)``.
    ///
    /// - Throws: As ``Templates/render(_:_:for:)``; also ``TemplateError`` if the request isn't inside of the middleware.
    public func render(_ name: String, _ values: [String: any Sendable] = [:]) throws -> HTML {
        try templates(for: name).render(name, values, for: self)
    }

    private func templates(for name: String) throws(TemplateError) -> Templates {
        guard let templates = storage[Templates.Key.self] else {
            throw TemplateError(
                .unknown,
                "\"\(name)\" can't be rendered: no middleware has set templates, use(templates)"
            )
        }
        return templates
    }
}
