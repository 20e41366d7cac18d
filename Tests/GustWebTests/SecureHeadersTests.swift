import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustWeb

/// The fields for browsers, and the nonce of the content security policy.
@Suite struct SecureHeadersTests {
    private func ask(
        _ headers: SecureHeaders,
        _ body: @escaping @Sendable (Request) -> Response = { Response($0.contentSecurityNonce ?? "none") }
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        return try await exchange.answer(try exchange.request("/"), from: headers.wrapping(ImmediateHandler(body)))
    }

    private func field(_ name: String, _ answer: Exchange.Answer) throws -> String? {
        answer.headers[try #require(HTTPField.Name(name))]
    }

    @Test func `the nonce of the policy is the nonce of the page, and each request has its own`() async throws {
        let headers = SecureHeaders(
            contentSecurityPolicy: "script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'",
            contentSecurityPolicyReportOnly: "img-src 'none' 'nonce-{nonce}'"
        )
        var nonces: Set<String> = []
        for _ in 0..<100 {
            let answer = try await ask(headers)
            let nonce = answer.text
            // 22 characters with 6 bits each.
            #expect(nonce.utf8.count == 22)
            #expect(answer.headers[.contentSecurityPolicy] == "script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'")
            #expect(try field("Content-Security-Policy-Report-Only", answer) == "img-src 'none' 'nonce-\(nonce)'")
            nonces.insert(nonce)
        }
        #expect(nonces.count == 100)
    }

    @Test func `a policy without a place is sent as it is, and there is no nonce`() async throws {
        let answer = try await ask(SecureHeaders(contentSecurityPolicy: "default-src 'self'"))
        #expect(answer.headers[.contentSecurityPolicy] == "default-src 'self'")
        #expect(answer.text == "none")
        #expect(try await ask(SecureHeaders()).headers[.contentSecurityPolicy] == nil)
    }

    @Test func `a handler's own policy is kept`() async throws {
        let answer = try await ask(SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'")) { _ in
            Response(headers: [.contentSecurityPolicy: "sandbox"])
        }
        #expect(answer.headers[.contentSecurityPolicy] == "sandbox")
    }

    @Test func `304 has no policy with a nonce, because the stored page has another nonce`() async throws {
        let answer = try await ask(SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'")) { _ in
            Response(status: .notModified)
        }
        #expect(answer.headers[.contentSecurityPolicy] == nil)
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test func `of nested policies the innermost and its nonce count`() async throws {
        let exchange = Exchange()
        let outer = SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'")
        let inner = SecureHeaders(contentSecurityPolicy: "style-src 'nonce-{nonce}'")
        let handler = ImmediateHandler { $0.contentSecurityNonce ?? "" }.wrapped(in: [outer, inner])
        let answer = try await exchange.answer(try exchange.request("/"), from: handler)
        #expect(answer.headers[values: .contentSecurityPolicy] == ["style-src 'nonce-\(answer.text)'"])
    }

    @Test func `the fields of modern browsers are sent by default or on demand`() async throws {
        let usual = try await ask(SecureHeaders())
        #expect(try field("Cross-Origin-Opener-Policy", usual) == "same-origin-allow-popups")
        #expect(try field("Cross-Origin-Resource-Policy", usual) == nil)
        #expect(try field("Permissions-Policy", usual) == nil)
        let strict = try await ask(
            SecureHeaders(openers: nil, embedders: "same-origin", permissions: "camera=()")
        )
        #expect(try field("Cross-Origin-Opener-Policy", strict) == nil)
        #expect(try field("Cross-Origin-Resource-Policy", strict) == "same-origin")
        #expect(try field("Permissions-Policy", strict) == "camera=()")
    }

    @Test func `an upgrade gets no fields`() async throws {
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        let answer = try await ask(SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'")) { _ in
            Response(status: .switchingProtocols, body: .upgrade(upgrade))
        }
        #expect(answer.headers.isEmpty)
    }
}
