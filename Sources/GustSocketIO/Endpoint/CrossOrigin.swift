import GustHTTP
import GustWire
import HTTPTypes

/// Which pages of other origins may use the endpoint, decided for one request.
///
/// Source: legacy-0.6.md §5; the Fetch standard, "CORS protocol".
struct CrossOrigin {
    private let origin: String?
    private let rules: SessionRules
    private let request: Request
    /// Whether the page that asks may use the endpoint; a client that is no page always may.
    let isAdmitted: Bool

    init(request: Request, origins: SocketIOSettings.Origins, rules: SessionRules) {
        self.request = request
        self.rules = rules
        // Drafts of WebSocket before 13 name the field differently, and a script's request has a referrer only.
        let draft = request.headers[.secWebSocketOrigin]
        let origin = request.headers[.origin] ?? draft
        self.origin = origin
        isAdmitted = origins.admits(origin ?? (rules.sharesAnswers ? request.headers[.referer] : nil))
    }

    /// The answer to a browser that asks before it asks; nil for any other request.
    var preflight: Response? {
        guard rules.sharesAnswers, request.method == .options else { return nil }
        var response = Response("ok", type: "text/plain")
        response.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        response.headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        return sharing(response)
    }

    /// The answer with the fields that let the page read it.
    func sharing(_ response: Response) -> Response {
        guard rules.sharesAnswers, isAdmitted, let origin else { return response }
        var response = response
        if origin == "null" {
            // A file, or a sandbox: it is let in, but without the user's cookies.
            response.headers[.accessControlAllowOrigin] = "*"
        } else {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlAllowCredentials] = "true"
            response.headers[.vary] = "Origin"
        }
        return response
    }
}

extension HTTPField.Name {
    /// Where drafts 7 and 8 of WebSocket say the origin.
    static let secWebSocketOrigin = Self("Sec-WebSocket-Origin") ?? .origin
}
