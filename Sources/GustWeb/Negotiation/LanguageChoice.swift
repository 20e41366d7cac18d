public import GustHTTP
import HTTPTypes
import Synchronization

/// Chooses a language of the application for each request: `request.language`.
///
/// ```swift
/// app.use(LanguageChoice(["en", "de", "pt-BR"], cookie: "language", query: "lang"))
/// app.get("/") { request in request.language == "de" ? "Guten Tag" : "Hello" }
/// ```
///
/// The parameter of the query precedes the cookie, and that precedes `Accept-Language` (RFC 9110 §12.5.4); values that aren't in the
/// list are ignored, and the first language of the list is the default. If a handler has read the language, the response gets
/// `Content-Language`, unless the handler has set it, and `Vary` gets the fields that were considered, so that a cache doesn't send a page in
/// another language. A ``ResponseCache`` must be outside of this middleware.
public struct LanguageChoice: Middleware {
    /// The languages, and where a request names one; one object, to which each request refers.
    final class Choices: Sendable {
        let languages: [String]
        let cookie: String?
        let parameter: String?

        init(_ languages: [String], cookie: String?, parameter: String?) {
            self.languages = languages
            self.cookie = cookie
            self.parameter = parameter
        }

        func language(for request: Request) -> String? {
            if let parameter, let language = known(request.query[parameter]) { return language }
            if let cookie, let language = known(request.cookies[cookie]) { return language }
            return request.preferredLanguage(among: languages) ?? languages.first
        }

        private func known(_ tag: String?) -> String? {
            guard let tag else { return nil }
            return languages.first { $0.equalsIgnoringASCIICase(tag) }
        }
    }

    /// The choice of one request.
    final class Choice: Sendable {
        /// The key of the choice in `RequestStorage`.
        enum Key: RequestStorageKey { typealias Value = Choice }

        let choices: Choices
        /// Set when a handler reads the language.
        let language = Mutex<String?>(nil)

        init(_ choices: Choices) {
            self.choices = choices
        }
    }

    private let choices: Choices

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - languages: the languages of the application as tags (RFC 5646), such as `en` or `pt-BR`; the first is the default.
    ///   - cookie: the name of a cookie with the language that a visitor has chosen; nil for none.
    ///   - parameter: the name of a parameter of the query with a language; nil for none.
    public init(_ languages: [String], cookie: String? = nil, query parameter: String? = nil) {
        choices = Choices(languages, cookie: cookie, parameter: parameter)
    }

    /// Answers with the answer of `next`, and adds the fields if a handler has read the language.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let choice = Choice(choices)
        var request = request
        request.storage[Choice.Key.self] = choice
        return next.answer(request).edited(with: choice) { response, choice in
            if case .upgrade = response.body { return }
            guard let language = choice.language.withLock({ $0 }) else { return }
            if !response.headers.has(.contentLanguage) {
                response.headers.add(HTTPField(name: .contentLanguage, value: language))
            }
            response.headers.addVary("Accept-Language")
            if choice.choices.cookie != nil { response.headers.addVary("Cookie") }
        }
    }
}

extension Request {
    /// The language that ``LanguageChoice`` has chosen for this request, as it is written in its list; nil without that middleware.
    public var language: String? {
        guard let choice = storage[LanguageChoice.Choice.Key.self] else { return nil }
        let language = choice.choices.language(for: self)
        choice.language.withLock { $0 = language }
        return language
    }
}
