#if TLS
import GustHTTP
import HTTPTypes
import Testing

@testable import GustServer
@testable import GustTLS

/// Heads that HTTP/1.1 refuses too, and heads that only HTTP/2 can have.
@Suite struct HTTP2StrictnessTests {
    private static let pseudo: [(String, String)] = [
        (":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "example.com"),
    ]

    /// The status and the text of the answer to a head; the reader is that of the connection.
    private func refusal(_ fields: [(String, String)], _ limits: HTTPLimits = HTTPLimits()) -> String {
        do throws(HTTPParseError) {
            var reader = HTTPStreamHeadReader(limits: limits, isSecure: true)
            for (name, value) in fields { try reader.note(name, value) }
            _ = try reader.head(hasBody: false)
            return "none"
        } catch {
            return "\(error.status.code) \(error.message)"
        }
    }

    private func refusal(replacing name: String, by value: String) -> String {
        refusal(Self.pseudo.map { $0.0 == name ? (name, value) : $0 })
    }

    @Test func `an ordinary head is accepted`() {
        #expect(refusal(Self.pseudo) == "none")
    }

    @Test(arguments: ["/a\r\nx: y", "/a\nb", "/a b", "/a\u{0}"])
    func `a path with a control character or a blank is refused`(_ path: String) {
        #expect(refusal(replacing: ":path", by: path).hasPrefix("400 "))
    }

    @Test(arguments: ["", "a", "https://example.com/", "//\u{7F}"])
    func `a target that isn't a path is refused`(_ path: String) {
        #expect(refusal(replacing: ":path", by: path).hasPrefix("400 "))
    }

    @Test(arguments: ["GE T", "GET\r\n", ""])
    func `a method that isn't a token is refused`(_ method: String) {
        #expect(refusal(replacing: ":method", by: method) == "400 the method isn't a token")
    }

    @Test(arguments: ["a,b", "user@example.com", "a\r\nb", ""])
    func `an invalid authority is refused`(_ authority: String) {
        #expect(refusal(replacing: ":authority", by: authority) == "400 :authority isn't a valid host")
    }

    @Test func `another scheme is refused`() {
        #expect(refusal(replacing: ":scheme", by: "ftp") == "400 :scheme is neither http nor https")
    }

    @Test(arguments: 0..<3) func `a missing pseudo-header field is refused`(_ index: Int) {
        var fields = Self.pseudo
        fields.remove(at: index)
        #expect(refusal(fields) == "400 a pseudo-header field is missing")
    }

    @Test func `a repeated or unknown pseudo-header field is refused`() {
        #expect(refusal(Self.pseudo + [(":path", "/b")]) == "400 an unknown or repeated pseudo-header field")
        #expect(refusal(Self.pseudo + [(":protocol", "x")]) == "400 an unknown or repeated pseudo-header field")
    }

    @Test func `a head without an authority needs Host`() {
        let fields = Array(Self.pseudo.dropLast())
        #expect(refusal(fields) == "400 :authority or Host is required")
        #expect(refusal(fields + [("host", "example.com")]) == "none")
    }

    @Test(arguments: ["connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection"])
    func `a field of the connection is refused`(_ name: String) {
        #expect(refusal(Self.pseudo + [(name, "x")]) == "400 a field of the connection")
    }

    @Test func `TE may be trailers only`() {
        #expect(refusal(Self.pseudo + [("te", "trailers")]) == "none")
        #expect(refusal(Self.pseudo + [("te", "gzip")]) == "400 TE isn't trailers")
    }

    @Test(arguments: ["a\r\nb", "a\u{0}", "a\u{7F}"])
    func `a value with a control character is refused`(_ value: String) {
        #expect(refusal(Self.pseudo + [("x", value)]) == "400 a control character in a header field")
    }

    @Test(arguments: ["x y", "x\r\n", "x:", ""])
    func `a name that isn't a token is refused`(_ name: String) {
        #expect(refusal(Self.pseudo + [(name, "1")]).hasPrefix("400 "))
    }

    @Test(arguments: ["1, 1", "+1", "-1", "a", ""])
    func `a length that isn't one number is refused`(_ length: String) {
        #expect(refusal(Self.pseudo + [("content-length", length)]) == "400 Content-Length isn't one number")
    }

    @Test func `CONNECT isn't supported`() {
        #expect(refusal(replacing: ":method", by: "CONNECT") == "501 CONNECT isn't supported")
    }

    @Test func `too many fields are refused`() {
        let fields = (0..<101).map { ("x-\($0)", "1") }
        #expect(refusal(Self.pseudo + fields.dropLast()) == "none")
        #expect(refusal(Self.pseudo + fields) == "431 too many header fields")
    }

    @Test func `a long field is refused`() {
        let value = String(repeating: "a", count: 16 * 1_024)
        #expect(refusal(Self.pseudo + [("x", value)]) == "431 a header field is too long")
    }

    @Test func `a long head is refused`() {
        let value = String(repeating: "a", count: 16_000)
        #expect(refusal(Self.pseudo + (0..<5).map { ("x-\($0)", value) }) == "431 the head is too long")
    }

    @Test func `a long path is refused`() {
        #expect(
            refusal(replacing: ":path", by: "/" + String(repeating: "a", count: 8 * 1_024))
                == "414 the request target is too long"
        )
    }

    @Test func `the refusal is sent, and the connection goes on`() throws {
        let wire = try HTTP2Wire()
        let answer = try wire.answer(try wire.request("GET", "/%00"))
        #expect(answer.status == "400" && answer.hasEnded)
        #expect(try wire.answer(try wire.request()).status == "200")
    }

    @Test func `the bounds of HTTP/1.1 are those of the connection`() throws {
        let wire = try HTTP2Wire()
        let many = try wire.request("GET", "/", (0..<101).map { ("x-\($0)", "1") })
        #expect(try wire.answer(many).status == "431")
        let long = try wire.request("GET", "/", [("x", String(repeating: "a", count: 17 * 1_024))])
        #expect(try wire.answer(long).status == "431")
        #expect(wire.isOpen)
    }

    @Test func `a path may have a fragment, which is dropped`() throws {
        let wire = try HTTP2Wire()
        #expect(try wire.answer(try wire.request("GET", "/a#b")).text == "GET /a https")
    }

    @Test func `the target of OPTIONS may be a star`() throws {
        let wire = try HTTP2Wire()
        #expect(try wire.answer(try wire.request("OPTIONS", "*")).text == "OPTIONS * https")
        #expect(try wire.answer(try wire.request("GET", "*")).status == "400")
    }
}
#endif
