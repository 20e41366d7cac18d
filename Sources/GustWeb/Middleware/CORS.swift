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
        ///
        /// Compared byte by byte.
        case list(Set<String>)  // bytes: configuration, made ByteText below
        /// Those for which the closure returns true; asked for each request, on its loop.
        case matching(@Sendable (String) -> Bool)

    }

    private static let anyOrigin = HTTPField(name: .accessControlAllowOrigin, value: "*")

    private let origins: Origins
    /// The origins of a list, as bytes.
    private let listed: Set<ByteText>
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
        listed = if case .list(let origins) = origins { Set(origins.map { ByteText($0) }) } else { [] }
        self.methods = methods.joined(separator: ",")
        self.headers = headers?.joined(separator: ",")
        self.exposedHeaders = exposedHeaders.isEmpty ? nil : exposedHeaders.joined(separator: ",")
        self.allowsCredentials = allowsCredentials
        self.maximumAge = maximumAge
    }

    /// Answers a preflight, or lets the page read what is answered behind it.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        if let answer = preflight(request) { return .ready(answer) }
        return next.answer(request).edited(with: (self, request.headers[.origin])) { response, context in
            context.0.allow(&response, to: context.1)
        }
    }

    private func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.headers[.origin] != nil,
            request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        var response = Response(status: .noContent)
        allow(&response, to: request.headers[.origin])
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

    private func admits(_ origin: String) -> Bool {
        switch origins {
        case .any: true
        case .list: listed.contains(ByteText(origin))
        case .matching(let matches): matches(origin)
        }
    }

    private func allow(_ response: inout Response, to origin: String?) {
        let isAlwaysTheSame = if case .any = origins { !allowsCredentials } else { false }
        if !isAlwaysTheSame { response.headers.addVary("Origin") }
        guard response.headers[.accessControlAllowOrigin] == nil else { return }
        if isAlwaysTheSame {
            // There is none yet, so nothing needs to be looked for.
            response.headers.append(Self.anyOrigin)
        } else {
            guard let origin, admits(origin) else { return }
            response.headers[.accessControlAllowOrigin] = origin
            if allowsCredentials { response.headers[.accessControlAllowCredentials] = "true" }
        }
        if let exposedHeaders { response.headers[.accessControlExposeHeaders] = exposedHeaders }
    }
}
