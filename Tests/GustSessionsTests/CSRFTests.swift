import GustHTTP
import GustSessions
import HTTPTypes
import Testing

/// Requests that another site made a browser send are refused.
@Suite struct CSRFTests {
    private func status(
        _ fields: [(String, String)],
        _ method: HTTPRequest.Method = .post,
        _ middleware: CSRF = CSRF()
    ) async throws -> Int {
        let exchange = Exchange()
        var request = try exchange.request("/", method: method)
        for (name, value) in [("Host", "example.com")] + fields {
            request.headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let page = ImmediateHandler { _ in "changed" }
        return try await exchange.answer(request, from: middleware.wrapping(page)).status.code
    }

    @Test(arguments: [
        ([("Sec-Fetch-Site", "same-origin")], 200),
        // The visitor typed the URL or opened a bookmark.
        ([("Sec-Fetch-Site", "none")], 200),
        ([("Sec-Fetch-Site", "same-site")], 403),
        ([("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")], 403),
        // Pages can't set `Sec-Fetch-Site`, so it takes precedence over `Origin`, which differs behind a proxy that
        // changes `Host`.
        ([("Sec-Fetch-Site", "same-origin"), ("Origin", "https://public.example")], 200),
        ([("Origin", "https://example.com")], 200),
        ([("Origin", "http://EXAMPLE.com")], 200),
        ([("Origin", "https://example.com.evil.example")], 403),
        ([("Origin", "https://example.com:8443")], 403),
        ([("Origin", "null")], 403),
        // The client is an old browser or isn't a browser.
        ([], 200),
    ])
    func `a cross-site request that may change something is refused`(
        fields: [(String, String)],
        expected: Int
    ) async throws {
        #expect(try await status(fields) == expected)
        #expect(try await status(fields, .delete) == expected)
        #expect(try await status(fields, .get) == 200)
    }

    @Test func `a cross-site WebSocket handshake is refused, although it is a GET request`() async throws {
        let upgrade = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        #expect(try await status(upgrade + [("Origin", "https://evil.example")], .get) == 403)
        #expect(try await status(upgrade + [("Origin", "https://example.com")], .get) == 200)
    }

    @Test func `for a request over TLS, a page of the same host without TLS is another site`() async throws {
        let exchange = Exchange()
        for (origin, isSecure, expected) in [
            ("http://example.com", true, 403), ("https://example.com", true, 200), ("http://example.com", false, 200),
            // Without TrustedProxies, it is unknown that the proxy uses TLS.
            ("https://example.com", false, 200),
        ] {
            var request = try exchange.request("/", [.origin: origin], method: .post)
            request.headers.append(HTTPField(name: try #require(HTTPField.Name("Host")), value: "example.com"))
            request.peer.isSecure = isSecure
            let page = ImmediateHandler { _ in "changed" }
            let status = try await exchange.answer(request, from: CSRF().wrapping(page)).status.code
            #expect(status == expected)
        }
    }

    @Test func `requests of listed sites are accepted`() async throws {
        let middleware = CSRF(allowing: ["https://Other.example"])
        let fields = [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://other.example")]
        #expect(try await status(fields, .post, middleware) == 200)
        #expect(try await status([("Origin", "https://other.example:1")], .post, middleware) == 403)
    }
}
