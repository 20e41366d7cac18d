import GustHTTP
import GustRouting
import GustSocketIO
import HTTPTypes

/// Everything below the path of a dashboard: the page, its files, and the endpoint that it is connected to.
///
/// One handler for all methods, so that a stranger gets the same response to each request.
struct DashboardHandler: SelfCheckingHandler, CompositeHandler {
    /// The name of the capture with the rest of the path.
    static let restName = "gustRest"

    /// The mistake in the registration; nil if there is none.
    let problem: String?
    /// What is below the path; nil if it couldn't be made.
    private let router: Router?
    /// The relative URL of the page, for a request without the slash at the end.
    private let location: String
    private let origins: SocketIOSettings.Origins

    /// Makes the handler.
    ///
    /// - Parameters:
    ///   - dashboard: what is served.
    ///   - path: the path, without slashes at its ends.
    ///   - problem: a mistake in the registration.
    init(_ dashboard: Dashboard, at path: String, problem: String?) {
        location = "./\(path.pieces(on: UInt8(ascii: "/")).last ?? "")/"
        origins = .list(dashboard.settings.origins)
        do {
            router = try dashboard.contents.build()
            self.problem = problem ?? Self.problem(with: path)
        } catch {
            router = nil
            self.problem = "the dashboard can't be served: \(error)"
        }
    }

    private static func problem(with path: String) -> String? {
        let isPlain = path.utf8.allSatisfy { $0.isLetterOrDigit || "-._~/".utf8.contains($0) }
        guard !path.isEmpty, isPlain else {
            return "the path of a dashboard isn't empty and has letters and digits of ASCII, -, ., _, ~ and /"
        }
        return nil
    }

    var parts: [any Handler] { router.map { [$0] } ?? [] }

    func answer(_ request: Request) -> Answer {
        guard let router, let (rest, captures) = request.captures.splittingLast else {
            return .failed(HTTPError(.notFound))
        }
        guard !rest.isEmpty else { return .ready(.redirect(to: location, status: .permanentRedirect)) }
        var inner = request.mounted(rest)
        inner.captures = captures
        // A link of another site may lead to the page itself.
        guard rest.hasSameBytes(as: "/") || isOfThisSite(request) else {
            return .failed(HTTPError(.forbidden, "the dashboard is used from its own page only"))
        }
        return router.answer(inner)
    }

    /// Whether a request comes from the page itself, or from no page at all.
    ///
    /// Browsers send credentials with the requests of pages of other sites too. Source: the Fetch Metadata Request Headers of W3C; `Origin` of
    /// RFC 6454, which a browser sends with the handshake of each WebSocket.
    private func isOfThisSite(_ request: Request) -> Bool {
        if let origin = request.headers[.origin], origins.admits(origin) { return true }
        switch request.headers.value(of: "sec-fetch-site").map({ ByteText($0) }) {
        case "same-origin", "none": return true
        case nil: return !SocketHandshake.isCrossDomain(request)
        default: return false
        }
    }
}
