public import GustHTTP
import HTTPTypes

/// Lets pages of other origins read answers, by the rules of the Fetch standard ("CORS protocol").
///
/// ```swift
/// app.use(CORS(.list(["https://example.com"]), allowsCredentials: true))
/// ```
///
/// Preflight requests are answered here, 204, whatever the routes behind it know. Errors that handlers throw carry the fields
/// too. An origin that isn't allowed gets no fields, so that its browser keeps the answer from the page; who sends no
/// `Origin` notices nothing. Fields that a handler, such as a Socket.IO endpoint, has set itself stay.
public struct CORS: Middleware {
    /// The origins that are let in.
    public enum Origins: Sendable {
        /// Any.
        ///
        /// Answered with `*`, or with the origin itself if credentials are allowed.
        case any
        /// Those of a list, each as browsers send it: `https://example.com`, with a port if it isn't the scheme's own.
        case list(Set<String>)
        /// Those for which the closure returns true; asked for each request, on its loop.
        case matching(@Sendable (String) -> Bool)

        func contains(_ origin: String) -> Bool {
            switch self {
            case .any: true
            case .list(let origins): origins.contains(origin)
            case .matching(let matches): matches(origin)
            }
        }
    }

    private static let anyOrigin = HTTPField(name: .accessControlAllowOrigin, value: "*")

    private let origins: Origins
    private let methods: String
    private let headers: String?
    private let exposedHeaders: String?
    private let allowsCredentials: Bool
    private let maximumAge: Duration?

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - origins: who is let in.
    ///   - methods: what a page may ask with.
    ///   - headers: the request fields a page may set; nil lets it set those it asks for.
    ///   - exposedHeaders: the fields of an answer that a page may read beside the usual ones.
    ///   - allowsCredentials: whether cookies are sent and set.
    ///   - maximumAge: how long a browser may remember the answer to a preflight; nil leaves that to the browser.
    public init(
        _ origins: Origins = .any,
        methods: [String] = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"],
        headers: [String]? = nil,
        exposedHeaders: [String] = [],
        allowsCredentials: Bool = false,
        maximumAge: Duration? = nil
    ) {
        self.origins = origins
        self.methods = methods.joined(separator: ",")
        self.headers = headers?.joined(separator: ",")
        self.exposedHeaders = exposedHeaders.isEmpty ? nil : exposedHeaders.joined(separator: ",")
        self.allowsCredentials = allowsCredentials
        self.maximumAge = maximumAge
    }

    /// Answers a preflight, or lets the page read what is answered behind it.
    public func respond(to request: Request, next: any Handler) async throws -> Response {
        if let answer = preflight(request) { return answer }
        do {
            return allowing(try await next.respond(to: request), for: request)
        } catch let error as HTTPError {
            return allowing(error.response, for: request)
        }
    }

    /// The same at once.
    public func respondInPlace(to request: Request, next: any Handler) throws -> Response? {
        if let answer = preflight(request) { return answer }
        do {
            return try next.respondInPlace(to: request).map { allowing($0, for: request) }
        } catch let error as HTTPError {
            return allowing(error.response, for: request)
        }
    }

    private func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.headers[.origin] != nil,
            request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        var response = allowing(Response(status: .noContent), for: request)
        guard response.headers[.accessControlAllowOrigin] != nil else { return response }
        response.headers[.accessControlAllowMethods] = methods
        if let headers {
            response.headers[.accessControlAllowHeaders] = headers
        } else {
            response.headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
            response.headers.addVary("Access-Control-Request-Headers")
        }
        if let maximumAge {
            response.headers[.accessControlMaxAge] = String(maximumAge.components.seconds)
        }
        return response
    }

    private func allowing(_ response: Response, for request: Request) -> Response {
        var response = response
        let isAlwaysTheSame = if case .any = origins { !allowsCredentials } else { false }
        if !isAlwaysTheSame { response.headers.addVary("Origin") }
        guard response.headers[.accessControlAllowOrigin] == nil else { return response }
        if isAlwaysTheSame {
            // There is none yet, so nothing needs to be looked for.
            response.headers.append(Self.anyOrigin)
        } else {
            guard let origin = request.headers[.origin], origins.contains(origin) else { return response }
            response.headers[.accessControlAllowOrigin] = origin
            if allowsCredentials { response.headers[.accessControlAllowCredentials] = "true" }
        }
        if let exposedHeaders { response.headers[.accessControlExposeHeaders] = exposedHeaders }
        return response
    }
}
