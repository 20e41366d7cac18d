import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustTesting

/// The test client parses a server's fields by bytes, as browsers do.
@Suite struct ServerFieldTests {
    private func headers(_ cookies: String...) -> HTTPFields {
        var headers = HTTPFields()
        for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return headers
    }

    /// The parts of a response to a `GET`, up to the end of the received text.
    private func read(_ text: String) throws -> (body: String, isReusable: Bool?) {
        var reader = ResponseReader(method: .get)
        var bytes = ByteBuffer(string: text)
        var body = ""
        while let part = try reader.next(&bytes) {
            switch part {
            case .head: break
            case .body(let piece): body += String(buffer: piece)
            case .end(let isReusable): return (body, isReusable)
            }
        }
        return (body, nil)
    }

    // MARK: Cookies

    @Test func `cookies with canonically equivalent names are different`() {
        let jar = CookieJar()
        jar.take(headers("é=1", "e\u{301}=2"))
        #expect(jar.cookies.count == 2)
        #expect(jar.field == "e\u{301}=2; é=1")
    }

    @Test func `a mark after a separator hides neither a value nor an attribute`() {
        let jar = CookieJar()
        jar.take(headers("a=\u{301}1; Path=/", "b=2;\u{301}x"))
        #expect(jar.cookies == ["a": "\u{301}1", "b": "2"])
    }

    @Test func `a cookie expires by Max-Age, whatever the attribute's case`() {
        let jar = CookieJar()
        jar.take(headers("a=1", "b=2", "c=3"))
        jar.take(headers("a=; max-age=0", "b=;Max-Age=0;\u{301}", "c=4; X-Max-Age=0"))
        #expect(jar.cookies == ["c": "4"])
    }

    // MARK: Responses

    @Test(arguments: ["close", "Close", "keep-alive, close"])
    func `a connection that the server closes isn't used again`(value: String) throws {
        let answer = try read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: \(value)\r\n\r\na")
        #expect(answer.body == "a")
        #expect(answer.isReusable == false)
    }

    @Test func `an option that only resembles close doesn't close the connection`() throws {
        // Unicode case folding maps the long s to s.
        let answer = try read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: clo\u{17F}e\r\n\r\na")
        #expect(answer.isReusable == true)
    }

    @Test(arguments: ["chunked", "Chunked", "gzip, chunked"])
    func `a body in chunks ends with its last chunk`(coding: String) throws {
        let answer = try read("HTTP/1.1 200 OK\r\nTransfer-Encoding: \(coding)\r\n\r\n2;x=\u{301}\r\nab\r\n0\r\n\r\n")
        #expect(answer.body == "ab")
        #expect(answer.isReusable == true)
    }

    @Test func `lines and fields are split by bytes`() throws {
        let answer = try read("HTTP/1.1 200 \u{301}OK\r\nX-A:\u{301}b\r\nContent-Length: 1\r\n\r\na")
        #expect(answer.body == "a")
        #expect(answer.isReusable == true)
    }

    // MARK: Payloads

    @Test func `received events and messages are compared by bytes`() {
        #expect(TestSocket.Received.event("é", []) != .event("e\u{301}", []))
        #expect(TestSocket.Received.event("a", [#""é""#]) != .event("a", ["\"e\u{301}\""]))
        #expect(TestSocket.Received.event("a", [#""é""#]) == .event("a", [#""é""#]))
        #expect(TestWebSocket.Message.text("é") != .text("e\u{301}"))
    }
}
