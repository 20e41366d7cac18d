import GustHTTP
import GustWire
import HTTPTypes

/// Which pages of other origins may use the endpoint and read its answers, decided for one request of any generation.
///
/// Without a list of origins no page of another origin may read an answer: the fields of CORS are only sent to pages that
/// the list names. Source: the Fetch standard, "CORS protocol".
struct CrossOrigin {
    private let origin: String?
    /// Whether the settings name the origins that may use the endpoint.
    private let isListed: Bool
    private let rules: ConnectionRules
    private let method: HTTPRequest.Method
    private let headers: HTTPFields
    /// Whether the answer is a script.
    private let isScript: Bool
    /// Whether the page that asks may use the endpoint; a client that is no page always may.
    let isAdmitted: Bool

    init(request: Request, address: Address, origins: SocketIOSettings.Origins) {
        let rules = address.revision.rules
        method = request.method
        headers = request.headers
        isScript = address.jsonpIndex != nil
        self.rules = rules
        // Drafts of WebSocket before 13 name the field differently, and a script's request has a referrer only.
        let draft = headers[.secWebSocketOrigin]
        let origin = headers[.origin] ?? draft
        self.origin = origin
        isListed = origins != .any
        isAdmitted = origins.admits(origin ?? (rules.judgesReferrer || isScript ? headers[.referer] : nil))
    }

    /// The answer to a browser that asks before it asks; nil for any other request.
    var preflight: Response? {
        guard isListed, origin != nil, method == .options else { return nil }
        var response = Response("ok", type: "text/plain")
        response.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        response.headers[.accessControlAllowHeaders] = headers[.accessControlRequestHeaders]
        return sharing(response)
    }

    /// Whether Internet Explorer's script filter must be kept from breaking the answer.
    ///
    /// Source: engine.io 6.6, `transports/polling.ts`; socket.io 0.9.19, `transports/jsonp-polling.js` and `http-polling.js`.
    private var disarmsScriptFilter: Bool {
        if rules.disarmsScriptFilter, isScript || (method == .post && origin != nil) { return true }
        guard let agent = headers[.userAgent] else { return false }
        return agent.utf8.contains(";MSIE".utf8) || agent.utf8.contains("Trident/".utf8)
    }

    /// The answer with the fields that let the page read it.
    func sharing(_ response: Response) -> Response {
        var response = response
        if disarmsScriptFilter { response.headers[.xXSSProtection] = "0" }
        guard isListed, let origin else { return response }
        response.headers[.vary] = "Origin"
        guard isAdmitted else { return response }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowCredentials] = "true"
        return response
    }
}

extension HTTPField.Name {
    /// The switch of Internet Explorer's script filter.
    static let xXSSProtection = Self("X-XSS-Protection") ?? .contentSecurityPolicy

    /// Where drafts 7 and 8 of WebSocket say the origin.
    static let secWebSocketOrigin = Self("Sec-WebSocket-Origin") ?? .origin
}
