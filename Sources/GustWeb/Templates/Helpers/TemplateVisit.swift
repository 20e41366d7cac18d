import GustHTTP
import GustSessions
import HTTPTypes

/// The request for which a page is rendered, and what the page has taken from its session.
struct TemplateVisit {
    /// The reason why a helper can't be called.
    struct Refusal: Error, CustomStringConvertible {
        let description: String

        init(_ reason: String) { description = reason }
    }

    let request: Request?
    private var flashes: [TemplateValue]?

    init(_ request: Request?) { self.request = request }

    /// The request.
    func required() throws -> Request {
        guard let request else { throw Refusal("the tag needs the request: render the page with `for: request`") }
        return request
    }

    /// Takes the messages for this page from the session; the same messages each time.
    ///
    /// There are none outside of a session. A request with the method HEAD leaves them in the session, because no visitor sees the page.
    mutating func takeFlashes() throws -> [TemplateValue] {
        if let flashes { return flashes }
        let taken = try messages().map { message in
            TemplateValue(
                .object(
                    ["kind": TemplateValue(.text(message.kind)), "text": TemplateValue(.text(message.text))],
                    isOpen: false
                )
            )
        }
        flashes = taken
        return taken
    }

    /// Whether there are no messages for this page; leaves them in the session.
    func hasNoFlashes() throws -> Bool {
        if let flashes { return flashes.isEmpty }
        return try session()?.flashes.isEmpty ?? true
    }

    private func messages() throws -> [FlashMessage] {
        guard let session = try session() else { return [] }
        return request?.method == .head ? session.flashes : session.takeFlashes()
    }

    private func session() throws -> Session? {
        let request = try required()
        do throws(SessionError) {
            return try request.session
        } catch {
            guard case .noMiddleware = error else { throw error }
            return nil
        }
    }
}
