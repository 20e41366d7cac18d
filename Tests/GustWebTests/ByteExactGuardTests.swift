import GustHTTP
import GustSessions
import GustWeb
import HTTPTypes
import NIOCore
import Testing

/// Guards compare the text of peers byte by byte: texts that Swift considers equal, or a prefix of each other, differ.
@Suite struct ByteExactGuardTests {
    /// Variants of a text: canonical equivalents, letters that fold to ASCII letters, and combining marks.
    static func lookalikes(_ text: String) -> [String] {
        var all = ["\u{301}", "\u{600}", "\u{200D}", "\u{FE0F}", "\u{20DD}"].flatMap { mark in
            [text + mark, mark + text]
                + text.indices.dropFirst().map { "\(text[..<$0])\(mark)\(text[$0...])" }
        }
        for (letter, other) in [
            ("k", "\u{212A}"), ("K", "\u{212A}"), ("s", "\u{17F}"), ("S", "\u{17F}"), ("é", "e\u{301}"),
            ("\u{E9}", "e\u{301}"), (";", "\u{37E}"), ("`", "\u{1FEF}"), ("Å", "\u{212B}"), ("i", "\u{131}"),
        ] where text.contains(letter) {
            all.append(text.replacing(letter, with: other))
        }
        return all
    }

    private let page = ImmediateHandler { _ in "inside" }
    private let exchange = Exchange()

    private func status(
        _ middleware: any Middleware,
        _ name: String,
        _ value: String,
        _ method: HTTPRequest.Method = .post,
        _ headers: [(String, String)] = []
    ) async throws -> Int {
        var request = try exchange.request("/", method: method)
        for (name, value) in headers + [(name, value)] {
            request.headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return try await exchange.answer(request, from: middleware.wrapping(page)).status.code
    }

    @Test func `a bearer token and its scheme are compared by bytes`() async throws {
        let guarding = BearerAuthentication(tokens: ["sesame-ké"])
        #expect(try await status(guarding, "Authorization", "bEARER sesame-ké") == 200)
        for token in Self.lookalikes("sesame-ké") {
            #expect(try await status(guarding, "Authorization", "Bearer \(token)") == 401, "\(token)")
        }
        for scheme in Self.lookalikes("Bearer") {
            #expect(try await status(guarding, "Authorization", "\(scheme) sesame-ké") == 401, "\(scheme)")
        }
    }

    @Test func `a name and a password are compared by bytes`() async throws {
        let guarding = BasicAuthentication(users: ["ask": "sésame"])
        func field(_ text: String) -> String {
            "Basic \(Base64.text(text))"
        }
        #expect(try await status(guarding, "Authorization", field("ask:sésame")) == 200)
        for name in Self.lookalikes("ask") {
            #expect(try await status(guarding, "Authorization", field("\(name):sésame")) == 401, "\(name)")
        }
        for password in Self.lookalikes("sésame") {
            #expect(try await status(guarding, "Authorization", field("ask:\(password)")) == 401, "\(password)")
        }
        for scheme in Self.lookalikes("Basic") {
            #expect(try await status(guarding, "Authorization", "\(scheme) \(Base64.text("ask:sésame"))") == 401)
        }
    }

    @Test func `the site of a request is compared by bytes`() async throws {
        let host = "kiosk.example"
        let headers = [("Host", host)]
        #expect(try await status(CSRF(), "Origin", "https://KIOSK.example", .post, headers) == 200)
        for other in Self.lookalikes(host) {
            #expect(try await status(CSRF(), "Origin", "https://\(other)", .post, headers) == 403, "\(other)")
        }
        for site in Self.lookalikes("same-origin") + Self.lookalikes("none") + ["Same-Origin", "NONE", ""] {
            #expect(try await status(CSRF(), "Sec-Fetch-Site", site, .post, headers) == 403, "\(site)")
        }
        let allowing = CSRF(allowing: ["https://KIOSK.example"])
        #expect(try await status(allowing, "Origin", "https://kiosk.example") == 200)
        for other in Self.lookalikes("https://kiosk.example") {
            #expect(try await status(allowing, "Origin", other) == 403, "\(other)")
        }
    }

    @Test func `an allowed origin is compared by bytes`() async throws {
        let origin = "https://Kés.example"
        let middleware = CORS(.list([origin]), allowsCredentials: true)
        for (sent, isAdmitted) in [(origin, true)] + Self.lookalikes(origin).map({ ($0, false) }) {
            let request = try exchange.request("/", [.origin: sent])
            let answer = try await exchange.answer(request, from: middleware.wrapping(page))
            #expect((answer.headers[.accessControlAllowOrigin] != nil) == isAdmitted, "\(sent)")
        }
    }

    @Test func `browsers must not guess the type of an error's text`() async throws {
        let page = ImmediateHandler { _ -> String in throw HTTPError(.notFound, "<script>") }
        let answer = try await exchange.answer(try exchange.request("/"), from: page)
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.contentType] == "text/plain; charset=utf-8")
    }
}

/// Encodes text as base64.
private enum Base64 {
    static func text(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bytes = Array(text.utf8)
        var encoded = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | (start + $1 < bytes.count ? Int(bytes[start + $1]) : 0) }
            for place in 0..<4 {
                encoded.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
            }
        }
        return encoded
    }
}
