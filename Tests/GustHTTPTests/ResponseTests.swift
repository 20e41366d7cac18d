import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Responses made of the values that handlers return.
@Suite struct ResponseTests {
    private func answer(_ value: some ResponseConvertible) throws -> Response {
        try value.response(
            for: Request(
                method: .get,
                target: try #require(RequestTarget("/")),
                executor: LoopExecutor(EmbeddedEventLoop())
            )
        )
    }

    private func words(_ response: Response) -> String {
        guard case .bytes(let bytes) = response.body else { return "no bytes" }
        return "\(response.status.code) \(response.headers[.contentType] ?? "-") \(String(buffer: bytes))"
    }

    @Test func `the body of a text can be replaced`() throws {
        var response = try answer("a")
        #expect(words(response).hasSuffix(" a"))
        response.body = .bytes(ByteBuffer(string: "b"))
        #expect(words(response).hasSuffix(" b"))
    }

    @Test func `each kind of value has its status, its type and its bytes`() throws {
        #expect(words(try answer("é")) == "200 text/plain; charset=utf-8 é")
        #expect(words(try answer("abc".dropFirst())) == "200 text/plain; charset=utf-8 bc")
        #expect(words(try answer(HTML("<p>"))) == "200 text/html; charset=utf-8 <p>")
        #expect(words(try answer(ByteBuffer(string: "x"))) == "200 application/octet-stream x")
        #expect(words(try answer(HTTPResponse.Status.noContent)) == "204 - ")
        #expect(words(try answer(JSON(["a/b": 1]))) == #"200 application/json {"a/b":1}"#)
        #expect(words(try answer(Optional("here"))) == "200 text/plain; charset=utf-8 here")
    }

    @Test func `a nil value is 404`() {
        let error = #expect(throws: HTTPError.self) { try answer(String?.none) }
        #expect(error?.status == .notFound)
    }

    @Test func `a value that JSON can't represent throws an EncodingError`() {
        #expect(throws: EncodingError.self) { try answer(JSON(Double.nan)) }
    }

    @Test func `a redirect has status 303 by default`() {
        let response = Response.redirect(to: "/there")
        #expect(response.status == .seeOther)
        #expect(response.headers[.location] == "/there")
        #expect(Response.redirect(to: "/", status: .permanentRedirect).status == .permanentRedirect)
    }

    @Test func `an HTTPError makes a response with its status and fields, always as plain text`() {
        #expect(words(HTTPError(.forbidden).response) == "403 text/plain; charset=utf-8 Forbidden")
        let error = HTTPError(.forbidden, "members only", headers: [.contentType: "text/html", .retryAfter: "9"])
        #expect(words(error.response) == "403 text/plain; charset=utf-8 members only")
        #expect(error.response.headers[.retryAfter] == "9")
        #expect(error.description == "403 members only")
    }
}
