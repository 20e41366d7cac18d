public import GustHTTP
import HTTPTypes

/// Lets only requests pass whose session has a user, or a user with a role.
///
/// ```swift
/// app.group("/admin", through: RequireSession(role: "admin", signIn: "/login")) { admin in
///     admin.get("/") { _ in "hello" }
/// }
/// ```
///
/// A request without a user gets 401, and one whose user lacks the role 403. If the path of the page for signing in is given, a
/// browser that loads a page without a user is redirected to it (303), with the address of the page in the parameter `next`; its
/// `GET` and `HEAD` requests accept `text/html`. ``signInTarget(of:otherwise:)`` reads the parameter after the sign-in.
///
/// The middleware must be inside of ``Sessions`` or ``CookieSessions``. It guards the handshakes of Socket.IO endpoints too.
public struct RequireSession: Middleware {
    private let role: String?
    private let signIn: String?

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - role: The role that the user needs; nil means any user.
    ///   - signIn: The path of the page for signing in; nil never redirects.
    public init(role: String? = nil, signIn: String? = nil) {
        self.role = role
        self.signIn = signIn
    }

    /// Answers with the answer of `next`, with 401 or 403, or with a redirection to the page for signing in.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        do {
            let session = try request.session
            guard session.user != nil else { return askToSignIn(request) }
            guard role.map(session.hasRole) ?? true else {
                return .failed(HTTPError(.forbidden, "this needs another role"))
            }
            return next.answer(request)
        } catch {
            return .failed(error)
        }
    }

    private func askToSignIn(_ request: Request) -> Answer {
        guard let signIn, request.method == .get || request.method == .head, !request.isUpgrade(to: "websocket"),
            request.acceptsPages
        else { return .failed(HTTPError(.unauthorized, "sign in first")) }
        var target = request.target.path
        if let query = request.target.queryText { target += "?\(query)" }
        let separator = signIn.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return .ready(.redirect(to: "\(signIn)\(separator)next=\(PercentEncoding.encodeSegment(target))"))
    }

    /// The path to which the visitor wanted to go before signing in; `otherwise` if the request has none.
    ///
    /// Only a path of this server is returned, so that a link can't lead the visitor to another site (open redirection).
    public static func signInTarget(of request: Request, otherwise: String = "/") -> String {
        guard let next = request.query["next"], SitePath.isPath(next) else { return otherwise }
        return next
    }
}

extension Request {
    /// Whether the client is a browser that loads a page.
    fileprivate var acceptsPages: Bool {
        headers[.accept]?.lowercasedASCII().utf8.contains("text/html".utf8) == true
    }
}
