import GustHTTP

/// Messages for the next page.
extension Session {
    private static var flashKey: ByteText { "gust.flash" }

    /// Leaves a message for the next page that the visitor sees, for example before a redirect.
    ///
    /// ```swift
    /// app.post("/notes") { request in
    ///     try request.session.flash("The note was saved.")
    ///     return Response.redirect(to: "/notes")
    /// }
    /// ```
    /// - Parameters:
    ///   - text: The text.
    ///   - kind: The kind, for example a class of the style sheet.
    /// - Throws: ``SessionError/tooLarge`` if all values would exceed the limit of the middleware; ``SessionError/ended`` if the
    ///   session has ended.
    public func flash(_ text: String, kind: String = "info") throws {
        try core.update(Self.flashKey) { present in
            var messages = try present.map { try SessionJSON.decode([FlashMessage].self, from: $0) } ?? []
            messages.append(FlashMessage(kind: kind, text: text))
            return try SessionJSON.encode(messages)
        }
    }

    /// Returns the messages that were left for this page, the oldest first, and removes them.
    ///
    /// If two requests of a browser take the messages at the same time, one of them gets all.
    public func takeFlashes() -> [FlashMessage] {
        guard core.text(Self.flashKey) != nil else { return [] }
        var messages: [FlashMessage] = []
        do {
            try core.update(Self.flashKey) { present in
                messages = try present.map { try SessionJSON.decode([FlashMessage].self, from: $0) } ?? []
                return nil
            }
        } catch {
            // The session has ended meanwhile, or another version of the program wrote the messages: there is nothing to show.
            core.remove(Self.flashKey)
        }
        return messages
    }

    /// The messages that were left for this page, which stay in the session.
    package var flashes: [FlashMessage] {
        // Messages of another version of the program can't be shown; ``takeFlashes()`` removes them.
        core.text(Self.flashKey).flatMap { try? SessionJSON.decode([FlashMessage].self, from: $0) } ?? []
    }
}
