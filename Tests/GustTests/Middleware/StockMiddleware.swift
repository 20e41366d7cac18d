import Gust
import GustHTTP
import GustSessions
import GustWeb
import HTTPTypes
import Logging
import Synchronization
import Testing

/// A middleware of Gust, a request that it admits, and the effect that it has on a response.
struct StockMiddleware: Sendable, CustomTestStringConvertible {
    let name: String
    /// Header fields of a request that the middleware admits.
    var headers: HTTPFields = [:]
    /// Header fields of a request that the middleware refuses, and the status; nil if it refuses none.
    var refusal: (headers: HTTPFields, status: Int, methods: [HTTPRequest.Method])?
    /// Whether the middleware itself never needs a task.
    var isImmediate = true
    let make: @Sendable (Lines) throws -> any Middleware
    /// Whether a response passed through the middleware.
    var hasMarked: @Sendable (Response, Lines) -> Bool = { _, _ in true }

    var testDescription: String { name }

    /// The lines that a middleware has logged.
    final class Lines: Sendable {
        private let state = Mutex<[Logger.Metadata]>([])
        var all: [Logger.Metadata] { state.withLock { $0 } }
        func add(_ line: Logger.Metadata) { state.withLock { $0.append(line) } }

        var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

        private struct Handler: LogHandler {
            let lines: Lines
            var logLevel = Logger.Level.trace
            var metadata: Logger.Metadata = [:]
            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) { lines.add(event.metadata ?? [:]) }
        }
    }

    private static let everyMethod: [HTTPRequest.Method] = [.get, .head, .put, .options]

    private static func isUpgrade(_ response: Response) -> Bool {
        if case .upgrade = response.body { true } else { false }
    }

    private static func isStream(_ response: Response) -> Bool {
        if case .stream = response.body { true } else { false }
    }

    private static func isText(_ response: Response) -> Bool {
        if case .bytes(let bytes) = response.body { bytes.readableBytes > 0 } else { false }
    }

    private static func field(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a field") }
        return name
    }

    /// All middleware of Gust.
    static let all: [StockMiddleware] = [
        StockMiddleware(name: "AccessLog") {
            AccessLog($0.logger)
        } hasMarked: { response, lines in
            isStream(response) || lines.all.contains { $0["status"] == "\(response.status.code)" }
        },
        StockMiddleware(
            name: "BasicAuthentication",
            // ada:secret
            headers: [.authorization: "Basic YWRhOnNlY3JldA=="],
            refusal: ([:], 401, everyMethod)
        ) { _ in BasicAuthentication(users: ["ada": "secret"]) },
        StockMiddleware(
            name: "BasicAuthentication with a closure",
            headers: [.authorization: "Basic YWRhOnNlY3JldA=="],
            refusal: ([:], 401, everyMethod),
            isImmediate: false
        ) { _ in
            BasicAuthentication { user, password in
                await Task.yield()
                return user == "ada" && password == "secret"
            }
        },
        StockMiddleware(
            name: "BearerAuthentication",
            headers: [.authorization: "Bearer key"],
            refusal: ([.authorization: "Bearer lock"], 401, everyMethod)
        ) { _ in BearerAuthentication(tokens: ["key"]) },
        StockMiddleware(
            name: "BearerAuthentication with a closure",
            headers: [.authorization: "Bearer key"],
            refusal: ([.authorization: "Bearer lock"], 401, everyMethod),
            isImmediate: false
        ) { _ in
            BearerAuthentication { token, _ in
                await Task.yield()
                return token == "key"
            }
        },
        StockMiddleware(name: "BodyLimit", refusal: ([.contentLength: "11"], 413, everyMethod)) { _ in BodyLimit(10) },
        StockMiddleware(name: "CORS", headers: [.origin: "https://a.example"]) { _ in
            CORS(.list(["https://a.example"]), allowsCredentials: true)
        } hasMarked: { response, _ in
            response.headers[.accessControlAllowOrigin] == "https://a.example"
                && response.headers[.accessControlAllowCredentials] == "true"
        },
        StockMiddleware(
            name: "CSRF",
            headers: [field("Sec-Fetch-Site"): "same-origin"],
            refusal: ([field("Sec-Fetch-Site"): "cross-site"], 403, [.put])
        ) { _ in CSRF() },
        StockMiddleware(name: "Compress", headers: [.acceptEncoding: "gzip"]) { _ in
            Compress(minimumLength: 0)
        } hasMarked: { response, _ in
            !isText(response) || response.headers[.vary] == "Accept-Encoding"
        },
        StockMiddleware(name: "EnabledTransports") { _ in EnabledTransports(["websocket"]) },
        StockMiddleware(name: "ErrorPages") { lines in
            ErrorPages(lines.logger) { error, _ in "page of \(error.status.code)" }
        } hasMarked: { response, _ in
            guard response.status.code >= 400, response.headers[.contentType] != "application/problem+json" else {
                return true
            }
            guard case .bytes(let bytes) = response.body else { return false }
            return String(buffer: bytes) == "page of \(response.status.code)"
        },
        StockMiddleware(name: "RequestID") { _ in
            RequestID()
        } hasMarked: { response, _ in
            isUpgrade(response) || response.headers[field("X-Request-ID")]?.utf8.count == 20
        },
        StockMiddleware(name: "SecureHeaders") { _ in
            SecureHeaders(strictTransportSecurity: .seconds(60))
        } hasMarked: { response, _ in
            isUpgrade(response)
                || response.headers[.xContentTypeOptions] == "nosniff"
                    && response.headers[field("X-Frame-Options")] == "SAMEORIGIN"
                    && response.headers[.strictTransportSecurity] == "max-age=60"
        },
        StockMiddleware(name: "Sessions") { _ in try Sessions() },
        StockMiddleware(name: "Timeout") { _ in Timeout(.seconds(5)) },
        StockMiddleware(name: "TrustedProxies", headers: [field("X-Forwarded-For"): "192.0.2.1"]) { _ in
            try TrustedProxies(["unix"], reading: .xForwarded(.for))
        },
        StockMiddleware(name: "AddressRestriction") { _ in try AddressRestriction(allowing: ["unix"]) },
        StockMiddleware(
            name: "AnyOf",
            headers: [.authorization: "Bearer key"],
            refusal: ([.authorization: "Bearer lock"], 401, everyMethod)
        ) { _ in AnyOf(BasicAuthentication(users: ["ada": "secret"]), BearerAuthentication(tokens: ["key"])) },
        StockMiddleware(name: "ConcurrencyLimit") { _ in ConcurrencyLimit(1) },
        StockMiddleware(name: "Decompress", headers: [.contentEncoding: "gzip"]) { _ in Decompress() },
        StockMiddleware(name: "EntityTags") { _ in
            EntityTags()
        } hasMarked: { response, _ in
            response.status != .ok || !isText(response) || response.headers[.eTag] != nil
        },
        StockMiddleware(name: "Every") { _ in
            Every(SecureHeaders(), RequestID())
        } hasMarked: { response, _ in
            isUpgrade(response)
                || response.headers[.xContentTypeOptions] == "nosniff"
                    && response.headers[field("X-Request-ID")]?.utf8.count == 20
        },
        StockMiddleware(name: "Except") { _ in
            Except("/nowhere", use: RequestID())
        } hasMarked: { response, _ in
            isUpgrade(response) || response.headers[field("X-Request-ID")]?.utf8.count == 20
        },
        StockMiddleware(name: "LanguageChoice") { _ in LanguageChoice(["en", "de"]) },
        StockMiddleware(name: "LoadShedding") { _ in LoadShedding(above: .seconds(3_600)) },
        StockMiddleware(name: "RateLimit") { _ in RateLimit(1 << 20, per: .seconds(1)) { _ in "everybody" } },
        StockMiddleware(name: "ResponseCache", headers: [field("Host"): "a.example"]) { _ in
            ResponseCache(lifetime: .seconds(60))
        },
        StockMiddleware(name: "SecureHeaders with a nonce") { _ in
            SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'")
        } hasMarked: { response, _ in
            isUpgrade(response) || response.headers[.contentSecurityPolicy]?.utf8.count == 41
        },
        StockMiddleware(name: "ServerTiming") { _ in
            ServerTiming { _ in true }
        } hasMarked: { response, _ in
            isUpgrade(response) || response.headers[field("Server-Timing")]?.hasPrefix("total") == true
        },
        StockMiddleware(name: "a synchronous closure") { _ in
            ClosureMiddleware(answering: { request, next in
                next.answer(request).edited(with: ()) { response, _ in response.headers[.server] = "gust" }
            })
        } hasMarked: { response, _ in
            response.headers[.server] == "gust"
        },
        StockMiddleware(name: "an async closure", isImmediate: false) { _ in
            ClosureMiddleware { request, next in
                var response = await next.response(to: request)
                response.headers[.server] = "gust"
                return response
            }
        } hasMarked: { response, _ in
            response.headers[.server] == "gust"
        },
        StockMiddleware(name: "an async closure that throws errors on", isImmediate: false) { _ in
            ClosureMiddleware { request, next in
                var response = try await next.respond(to: request)
                response.headers[.server] = "gust"
                return response
            }
        } hasMarked: { response, _ in
            response.error != nil || response.headers[.server] == "gust"
        },
    ]
}
