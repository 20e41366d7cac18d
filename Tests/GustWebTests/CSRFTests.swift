import GustHTTP
import GustWeb
import HTTPTypes
import Testing

/// Requests that another site made a browser send.
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
        // Typed into the address bar, or a bookmark.
        ([("Sec-Fetch-Site", "none")], 200),
        ([("Sec-Fetch-Site", "same-site")], 403),
        ([("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")], 403),
        // A page can't set it, so it counts more than an Origin behind a proxy that changes Host.
        ([("Sec-Fetch-Site", "same-origin"), ("Origin", "https://public.example")], 200),
        ([("Origin", "https://example.com")], 200),
        ([("Origin", "http://EXAMPLE.com")], 200),
        ([("Origin", "https://example.com.evil.example")], 403),
        ([("Origin", "https://example.com:8443")], 403),
        ([("Origin", "null")], 403),
        // No browser, or an old one.
        ([], 200),
    ])
    func `a request that may change something is asked where it comes from`(
        fields: [(String, String)],
        expected: Int
    ) async throws {
        #expect(try await status(fields) == expected)
        #expect(try await status(fields, .delete) == expected)
        #expect(try await status(fields, .get) == 200)
    }

    @Test func `a WebSocket is asked too, though it begins as a GET`() async throws {
        let upgrade = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        #expect(try await status(upgrade + [("Origin", "https://evil.example")], .get) == 403)
        #expect(try await status(upgrade + [("Origin", "https://example.com")], .get) == 200)
    }

    @Test func `a page without TLS is another site to a visitor who came over TLS`() async throws {
        let exchange = Exchange()
        for (origin, isSecure, expected) in [
            ("http://example.com", true, 403), ("https://example.com", true, 200), ("http://example.com", false, 200),
            // Without TrustedProxies nobody knows of the proxy's TLS.
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

    @Test func `sites of a list may`() async throws {
        let middleware = CSRF(allowing: ["https://Other.example"])
        let fields = [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://other.example")]
        #expect(try await status(fields, .post, middleware) == 200)
        #expect(try await status([("Origin", "https://other.example:1")], .post, middleware) == 403)
    }
}
