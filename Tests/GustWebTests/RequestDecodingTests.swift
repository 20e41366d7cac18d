import GustHTTP
import GustWeb
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Bodies are decoded to values, within limits.
@Suite struct RequestDecodingTests {
    private struct Post: Decodable {
        var title: String
        var tags: [Int]
    }

    private let exchange = Exchange()

    private func answer(
        _ body: String,
        _ type: String?,
        through middleware: (any Middleware)? = nil,
        _ handler: any Handler
    ) async throws -> Exchange.Answer {
        var headers: HTTPFields = [.contentLength: "\(body.utf8.count)"]
        headers[.contentType] = type
        let request = try exchange.request("/", headers, method: .post, body: body)
        return try await exchange.answer(request, from: middleware?.wrapping(handler) ?? handler)
    }

    private let decoding = SuspendingHandler { request in
        let post = try await request.decode(Post.self)
        return "\(post.title) \(post.tags)"
    }

    @Test(arguments: [
        (#"{"title":"a","tags":[1,2]}"#, "application/json; charset=utf-8", 200, "a [1, 2]"),
        (#"{"title":"a","tags":[]}"#, "application/vnd.x+JSON", 200, "a []"),
        (#"{"title":"a","tags":[]}"#, "text/plain", 415, "the body must be application/json"),
        (#"{"title":"a","tags":[]}"#, nil, 415, "the body must be application/json"),
        (#"{"tags":[]}"#, "application/json", 400, "a value is missing: title"),
        (#"{"title":"a","tags":[1,"x"]}"#, "application/json", 400, "a value of type Int is expected: tags[1]"),
        (#"{"title":null,"tags":[]}"#, "application/json", 400, "a value of type String is expected: title"),
        (#"{"title":"a","tags":[1.5]}"#, "application/json", 400, "a value is invalid: tags[0]"),
        (#"{"title":"a","tags":["#, "application/json", 400, "the body isn't JSON"),
        (#"{"title":"a","tags":[]}"#, "text/x+json", 415, "the body must be application/json"),
        ("<script>", "application/json", 400, "the body isn't JSON"),
        ("", "application/json", 400, "the body isn't JSON"),
    ])
    func `JSON is decoded, or the response describes the mistake`(
        body: String,
        type: String?,
        status: Int,
        text: String
    ) async throws {
        let answer = try await answer(body, type, decoding)
        #expect(answer.status.code == status)
        #expect(answer.text == text)
    }

    @Test func `the error names a value that isn't one of the expected values`() async throws {
        enum Kind: String, Decodable { case first }
        let handler = SuspendingHandler { "\(try await $0.decode([[String: Kind]].self).count)" }
        let type = "application/json"
        #expect(try await answer(#"[{"a":"first"}]"#, type, handler).text == "1")
        #expect(
            try await answer(#"[{"a":"second"}]"#, type, handler).text == "a value is invalid: [0].a"
        )
    }

    @Test func `JSON can nest at most 64 levels deep`() async throws {
        let handler = SuspendingHandler { request in
            _ = try await request.decode([String: Bool].self)
            return "decoded"
        }
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(try await answer(deep, "application/json", handler).text == "the body nests deeper than 64 levels")
        #expect(
            try await answer(String(deep.dropFirst().dropLast()), "application/json", handler).status == .badRequest
        )
        // Neither siblings nor brackets in strings count as nesting.
        let flat = "[" + Array(repeating: "[],{}", count: 100).joined(separator: ",") + "]"
        #expect(try await answer(flat, "application/json", handler).text.hasPrefix("a value of type"))
        let key = String(repeating: #"[\""#, count: 200)
        #expect(try await answer(#"{"\#(key)":true}"#, "application/json", handler).text == "decoded")
    }

    @Test func `a form is decoded, and repeated names are kept`() async throws {
        let handler = SuspendingHandler { request in
            let form = try await request.form()
            return "\(form["name"] ?? "") \(form.values(of: "tag"))"
        }
        let type = "application/x-www-form-urlencoded"
        #expect(try await answer("name=Ada+L%C3%A9&tag=1&tag=2", type, handler).text == #"Ada Lé ["1", "2"]"#)
        #expect(try await answer("name=a", "multipart/mixed", handler).status == .unsupportedMediaType)
    }

    @Test func `each method that reads a body takes a limit`() async throws {
        let form = "application/x-www-form-urlencoded"
        let readers: [(type: String, body: String, handler: SuspendingHandler)] = [
            (
                "application/json", #"{"a":1}"#,
                SuspendingHandler { "\(try await $0.decode([String: Int].self, upTo: 7))" }
            ),
            (form, "a=1&b=2", SuspendingHandler { "\(try await $0.form(upTo: 7).map(\.name))" }),
            (form, "a=1&b=2", SuspendingHandler { "\(try await $0.formData(upTo: 7).fields.map(\.name))" }),
            ("text/plain", "1234567", SuspendingHandler { "\(try await $0.body.collect(upTo: 7).readableBytes)" }),
        ]
        for (type, body, handler) in readers {
            #expect(try await answer(body, type, handler).status == .ok)
            #expect(try await answer(body + " ", type, handler).status == .contentTooLarge)
        }
    }

    @Test func `a declared length above the route's limit is refused before the body is read`() async throws {
        let handler = ImmediateHandler { _ in "unread" }
        let refused = try await answer("12345", nil, through: BodyLimit(4), handler)
        #expect(refused.status == .contentTooLarge)
        #expect(refused.headers[.connection] == "close")
        #expect(try await answer("1234", nil, through: BodyLimit(4), handler).text == "unread")
    }

    @Test func `a body without a length is refused when it exceeds the limit`() async throws {
        let reading = SuspendingHandler { request in
            var count = 0
            for try await bytes in request.body { count += bytes.readableBytes }
            return "\(count)"
        }
        let collecting = SuspendingHandler { request in "\(try await request.body.collect(upTo: 100).readableBytes)" }
        for handler in [reading, collecting] {
            for (body, status) in [("1234", 200), ("12345", 413)] {
                var request = try exchange.request("/", method: .post, body: body)
                request.headers[.contentLength] = nil
                let answer = try await exchange.answer(request, from: BodyLimit(4).wrapping(handler))
                #expect(answer.status.code == status)
            }
        }
    }

    @Test func `a limit can be larger than the default`() async throws {
        let handler = SuspendingHandler { request in "\(try await request.body.collect().readableBytes)" }
        let body = String(repeating: "x", count: 2 << 20)
        #expect(try await answer(body, nil, handler).status == .contentTooLarge)
        #expect(try await answer(body, nil, through: BodyLimit(4 << 20), handler).text == "\(2 << 20)")
    }

    @Test func `a negative limit accepts empty bodies`() async throws {
        let handler = SuspendingHandler { request in "\(try await request.body.collect().readableBytes)" }
        #expect(try await answer("", nil, through: BodyLimit(-1), handler).text == "0")
        #expect(try await answer("1", nil, through: BodyLimit(-1), handler).status == .contentTooLarge)
    }
}
