import Gust
import GustSessions
import GustTesting
import GustWeb
import Testing

@testable import GustForms
@testable import GustHTTP
@testable import GustRouting

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The snippets of `Security.md`, and its table of limits.
@Suite(.leavesNothing) struct SecurityArticle {
    private static let text: [String] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/Gust/Gust.docc/Security.md")
        // bytes: a file of this repository.
        return (try? String(contentsOf: url, encoding: .utf8))?.split(separator: "\n").map(String.init) ?? []
    }()

    private func begin(_ app: inout Application, secret: String) throws {
        app.use(try TrustedProxies(["127.0.0.1"], reading: .xForwarded(.for, .proto)))
        app.use(TrustedHosts(["desk.example"]))
        app.use(AccessLog(app.logger))
        app.use(
            SecureHeaders(contentSecurityPolicy: "default-src 'self'", strictTransportSecurity: .seconds(31_536_000))
        )
        app.use(BodyLimit(256 << 10))
        app.use(Timeout(.seconds(30)))
        app.use(try Sessions(keys: SigningKeys(secret), cookie: Cookie("__Host-session", "")))
    }

    private func endpoint() -> SocketIOSettings {
        var settings = SocketIOSettings()
        settings.origins = ["https://desk.example"]
        settings.eventRate = EventRate(perSecond: 20, burst: 100)
        settings.maximumConnectionsPerAddress = 100
        settings.revisions = [.engineIO4]
        return settings
    }

    /// A row for each limit: all those among the settings, by reflection, and the most important ones that aren't settings.
    private static var limits: [String] {
        rows(of: HTTPLimits(), "HTTPLimits") { _ in true }
            + rows(of: SocketIOSettings(), "SocketIOSettings") { $0.hasPrefix("maximum") || $0.hasSuffix("Timeout") }
            + rows(of: SocketIOSettings.OutboxLimits(), "OutboxLimits") { $0.hasPrefix("maximum") }
            + rows(of: SocketIOSettings.Recovery(), "Recovery") { $0.hasPrefix("maximum") || $0 == "duration" }
            + [
                row("a body that is collected", RequestBody.defaultLimit),
                row("nesting of JSON", JSONDepth.maximum),
                row("parameters of a query or form", Query.maximumParameters),
                row("brackets in the name of a field", FieldNode.maximumDepth),
                row("cookies of a request", Cookies.maximumCookies),
                row("header fields of a part of a form", MultipartHead.maximumFields),
                row("parts of a form with files (`UploadLimits`)", UploadLimits().count),
                row("a form with files in memory (`UploadLimits`)", UploadLimits().memory),
                row("steps of a match of a route", Int(Pattern.matchLimit)),
            ]
    }

    private static func rows(of value: Any, _ type: String, where isLimit: (String) -> Bool) -> [String] {
        Mirror(reflecting: value).children.compactMap { child in
            guard let label = child.label, isLimit(label) else { return nil }
            return row("`\(type).\(label)`", child.value)
        }
    }

    private static func row(_ name: String, _ value: Any) -> String { "| \(name) | \(text(of: value)) |" }

    private static func text(of value: Any) -> String {
        switch value {
        case let number as Int:
            number >= 1_024 && number.nonzeroBitCount == 1
                ? number >= 1 << 20 ? "\(number >> 20) Mi" : "\(number >> 10) Ki" : "\(number)"
        case let duration as Duration: "\(duration.components.seconds) s"
        default: "none, or by revision"
        }
    }

    @Test func `the table of limits has exactly the limits of the code`() throws {
        let heading = try #require(Self.text.firstIndex(of: "| limit | default |"))
        let rows = Array(Self.text[(heading + 2)...].prefix { $0.hasPrefix("|") })
        #expect(rows == Self.limits, "\(Self.limits.joined(separator: "\n"))")
    }

    @Test func `an application that begins as in the article has the protections of the table`() async throws {
        var app = Application()
        try begin(&app, secret: String(repeating: "a secret of a test", count: 2))
        app.get("/") { request in
            try request.session.set("ada", for: "name")
            return "hello"
        }
        app.post("/") { _ in "changed" }
        let client = TestClient(try app.router())
        let host = try #require(HTTPField.Name("Host"))
        client.setHeaders([host: "desk.example"])
        let response = try await client.get("/")
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.contentSecurityPolicy] == "default-src 'self'")
        let cookie = try #require(response.headers[.setCookie])
        for part in ["__Host-session=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            #expect(cookie.contains(part))
        }
        client.setHeaders([host: "desk.example", .origin: "https://evil.example"])
        #expect(try await client.post("/", body: "").status == .forbidden)
        client.setHeaders([host: "evil.example"])
        #expect(try await client.get("/").status == .badRequest)
    }
}
