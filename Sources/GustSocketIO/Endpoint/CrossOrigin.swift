import GustHTTP
import GustWire
import HTTPTypes

/// Whether the page that sends a request may use the endpoint, and whether it may read the response.
///
/// The header fields of CORS are sent only to pages whose origin is in the list of the settings. Without a list, pages
/// of other origins can't read a response. Source: the Fetch standard, "CORS protocol".
struct CrossOrigin {
    private let origin: String?
    /// Whether the settings have a list of origins.
    private let isListed: Bool
    /// Whether the response must switch off the script filter of Internet Explorer, which would break it.
    private let disarmsScriptFilter: Bool
    /// Whether the client may use the endpoint; `true` for a client that isn't a page.
    let isAdmitted: Bool

    init(request: borrowing Request, address: borrowing Address, origins: borrowing SocketIOSettings.Origins) {
        let rules = address.revision.rules
        let isScript = address.jsonpIndex != nil
        // Drafts of WebSocket before 13 use another field, and a request for a script has only a `Referer`.
        let origin = request.joinedValues(of: "origin") ?? request.joinedValues(of: "sec-websocket-origin")
        self.origin = origin
        disarmsScriptFilter = Self.disarmsScriptFilter(request, rules, isScript: isScript, isCrossOrigin: origin != nil)
        isListed = origins != .any
        let referrer = origin == nil && (rules.judgesReferrer || isScript) ? request.joinedValues(of: "referer") : nil
        isAdmitted = origins.admits(origin ?? referrer)
    }

    /// The response to a CORS preflight request; nil for any other request.
    func preflight(_ request: Request) -> Response? {
        guard isListed, origin != nil, request.method == .options else { return nil }
        var response = Response("ok", type: "text/plain")
        response.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        response.headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        share(&response)
        return response
    }

    /// Whether the response must switch off the script filter.
    ///
    /// Source: engine.io 6.6, `transports/polling.ts`; socket.io 0.9.19, `transports/jsonp-polling.js`
    /// and `http-polling.js`.
    private static func disarmsScriptFilter(
        _ request: borrowing Request,
        _ rules: ConnectionRules,
        isScript: Bool,
        isCrossOrigin: Bool
    ) -> Bool {
        if rules.disarmsScriptFilter, isScript || (isCrossOrigin && request.method == .post) { return true }
        return request.hasField("user-agent", containing: ";MSIE", or: "Trident/")
    }

    /// Adds the header fields that let the page read `response`.
    func share(_ response: inout Response) {
        if disarmsScriptFilter { response.headers[.xXSSProtection] = "0" }
        guard isListed, let origin else { return }
        response.headers[.vary] = "Origin"
        guard isAdmitted else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowCredentials] = "true"
    }
}

extension HTTPField.Name {
    /// The field that switches off the script filter of Internet Explorer.
    static let xXSSProtection = Self("X-XSS-Protection") ?? .contentSecurityPolicy

    /// The field of the origin in drafts 7 and 8 of WebSocket.
    static let secWebSocketOrigin = Self("Sec-WebSocket-Origin") ?? .origin
}
