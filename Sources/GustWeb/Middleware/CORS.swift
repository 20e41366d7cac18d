public import GustHTTP
import HTTPTypes

/// Allows pages of other origins to read responses, by the rules of the Fetch standard ("CORS protocol").
///
/// ```swift
/// app.use(CORS(.list(["https://example.com"]), allowsCredentials: true))
/// ```
///
/// Preflight requests are answered with 204 by this middleware, whether or not a route matches. Responses to errors
/// that handlers throw get the fields too. A request from an origin that isn't allowed is still handled, but its
/// response gets no fields, so the browser hides the response from the page. Fields that a handler, such as a Socket.IO
/// endpoint, has set itself are kept.
public struct CORS: Middleware {
    /// The allowed origins.
    public enum Origins: Sendable {
        /// Every origin.
        ///
        /// The response has `*`, or the request's origin if credentials are allowed.
        case any
        /// The origins of a list, in the form that browsers send: `https://example.com`, with a port if it isn't the
        /// scheme's default.
        ///
        /// Origins are compared byte by byte.
        case list(Set<String>)  // bytes: configuration, made ByteText below
        /// The origins for which the closure returns true; it is called for each request on the request's loop.
        case matching(@Sendable (String) -> Bool)

    }

    /// Allows any origin, unless the handler has set the field.
    private static let anyOrigin = PreparedChange { fields in
        guard !fields.has(.accessControlAllowOrigin) else { return }
        fields.add(HTTPField(name: .accessControlAllowOrigin, value: "*"))
    }

    private let origins: Origins
    /// The origins of ``Origins/list(_:)``, to be compared as bytes.
    private let listed: Set<ByteText>
    private let methods: String
    private let headers: String?
    private let exposedHeaders: String?
    private let allowsCredentials: Bool
    private let maximumAge: Duration?
    /// Whether all responses get one and the same field.
    private let hasOneField: Bool

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - origins: the allowed origins.
    ///   - methods: the methods that a page may use.
    ///   - headers: the request fields that a page may set; nil allows all that the preflight request names.
    ///   - exposedHeaders: the response fields that a page may read, beside those that are always readable.
    ///   - allowsCredentials: whether a page may send and receive credentials such as cookies.
    ///   - maximumAge: how long a browser may cache the response to a preflight request; nil leaves that to the
    ///     browser.
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
        hasOneField = if case .any = origins { !allowsCredentials && exposedHeaders.isEmpty } else { false }
    }

    /// Answers a preflight request, or adds the fields to the answer of `next`.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        if let answer = preflight(request) { return .ready(answer) }
        if hasOneField {
            return next.answer(request).edited(with: ()) { response, _ in response.fields.apply(Self.anyOrigin) }
        }
        return next.answer(request).edited(with: (self, request.value(of: "origin"))) { response, context in
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
        guard !response.headers.has(.accessControlAllowOrigin) else { return }
        if isAlwaysTheSame {
            response.fields.apply(Self.anyOrigin)
        } else {
            guard let origin, admits(origin) else { return }
            response.headers[.accessControlAllowOrigin] = origin
            if allowsCredentials { response.headers[.accessControlAllowCredentials] = "true" }
        }
        if let exposedHeaders { response.headers[.accessControlExposeHeaders] = exposedHeaders }
    }
}
