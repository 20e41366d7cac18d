import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustWeb

/// Which responses the cache stores, and which requests it answers.
@Suite struct ResponseCacheTests {
    private static let host = HTTPField.Name("Host")
    private let exchange = Exchange()

    /// Counts its calls, and answers with the number.
    private final class Origin: Handler {
        let count = Mutex(0)
        let make: @Sendable (Request, Int) throws -> Response

        init(_ make: @escaping @Sendable (Request, Int) throws -> Response) {
            self.make = make
        }

        convenience init(_ fields: HTTPFields) {
            self.init { _, number in
                var response = Response("\(number)")
                response.headers.append(contentsOf: fields)
                return response
            }
        }

        func answer(_ request: Request) -> Answer {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return Answer { try make(request, number) }
        }
    }

    private func ask(
        _ handler: any Handler,
        _ target: String = "/",
        _ headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get,
        body: String = ""
    ) async throws -> Exchange.Answer {
        var headers = headers
        let host = try #require(Self.host)
        if headers[host] == nil { headers[host] = "example.com" }
        let request = try exchange.request(target, headers, method: method, body: body)
        return try await exchange.answer(request, from: handler)
    }

    private func cached(_ fields: HTTPFields, _ cache: ResponseCache = ResponseCache()) -> any Handler {
        cache.wrapping(Origin(fields))
    }

    @Test func `a fresh response is sent again with its age, and a stale one is made again`() async throws {
        let handler = cached([.cacheControl: "max-age=10", .contentType: "text/html"])
        let first = try await ask(handler)
        #expect(first.text == "1")
        #expect(first.headers[.age] == nil)
        exchange.loop.advanceTime(by: .seconds(9))
        let second = try await ask(handler)
        #expect(second.text == "1")
        #expect(second.status == .ok)
        #expect(second.headers[.age] == "9")
        #expect(second.headers[.contentType] == first.headers[.contentType])
        exchange.loop.advanceTime(by: .seconds(1))
        #expect(try await ask(handler).text == "2")
    }

    // CVE-2026-24472: a cache stored responses marked private.
    @Test(arguments: [
        "private, max-age=60", "max-age=60, Private", "no-store", "no-cache, max-age=60", "max-age=0", "max-age=-1",
        "max-age=x", "s-maxage=0, max-age=60", "private=\"set-cookie\", max-age=60", "max-age=60, max-age=0", "public",
        "",
    ])
    func `what a response forbids, or doesn't allow, isn't stored`(control: String) async throws {
        let handler = cached([.cacheControl: control])
        #expect(try await ask(handler).text == "1")
        #expect(try await ask(handler).text == "2")
    }

    @Test(arguments: [
        "max-age=60", "public, max-age=\"60\"", "max-age=0, s-maxage=60", "MAX-AGE=60, x=\"a, no-store\"",
    ])
    func `what a response allows is stored`(control: String) async throws {
        let handler = cached([.cacheControl: control])
        #expect(try await ask(handler).text == "1")
        #expect(try await ask(handler).text == "1")
    }

    @Test func `Expires counts without max-age, and a lifetime of the cache without both`() async throws {
        let expiring = cached([.expires: "Sun, 06 Nov 2044 08:49:37 GMT"])
        #expect(try await ask(expiring).text == "1")
        #expect(try await ask(expiring).text == "1")
        let expired = cached([.expires: "0"], ResponseCache(lifetime: .seconds(60)))
        #expect(try await ask(expired).text == "1")
        #expect(try await ask(expired).text == "2")
        let usual = cached([:], ResponseCache(lifetime: .seconds(60)))
        #expect(try await ask(usual).text == "1")
        #expect(try await ask(usual).text == "1")
        let older = cached([.cacheControl: "max-age=60", .age: "50"])
        #expect(try await ask(older).text == "1")
        #expect(try await ask(older).headers[.age] == "50")
        exchange.loop.advanceTime(by: .seconds(10))
        #expect(try await ask(older).text == "2")
    }

    @Test func `cookies, errors, streams, ranges and other statuses aren't stored`() async throws {
        let changes: [@Sendable (inout Response) throws -> Void] = [
            { $0.headers[.setCookie] = "a=b" },
            { $0.headers[.vary] = "*" },
            { $0.headers[.vary] = "Accept, *" },
            { $0.headers[.contentRange] = "bytes 0-1/2" },
            { $0.status = .partialContent },
            { $0.status = .internalServerError },
            { $0.status = .created },
            { response in response.body = .stream { $0.finish(ByteBuffer(string: "stream")) } },
            { _ in throw HTTPError(.notFound, headers: [.cacheControl: "max-age=60"]) },
        ]
        for change in changes {
            let origin = Origin { _, number in
                var response = Response("\(number)")
                response.headers[.cacheControl] = "public, max-age=60"
                try change(&response)
                return response
            }
            let handler = ResponseCache().wrapping(origin)
            for _ in 0..<2 { _ = try await ask(handler) }
            #expect(origin.count.withLock { $0 } == 2)
        }
    }

    @Test func `a request with Authorization, a range or a body passes the cache`() async throws {
        let handler = cached([.cacheControl: "public, max-age=60"])
        #expect(try await ask(handler, "/", [.authorization: "Bearer x"]).text == "1")
        #expect(try await ask(handler, "/", [.range: "bytes=0-1"]).text == "2")
        #expect(try await ask(handler, "/", body: "x").text == "3")
        #expect(try await ask(handler).text == "4")
        #expect(try await ask(handler, "/", [.authorization: "Bearer x"]).text == "5")
        #expect(try await ask(handler).text == "4")
    }

    @Test func `a request with a cookie shares only what is for everybody`() async throws {
        let page = cached([.cacheControl: "max-age=60"])
        #expect(try await ask(page, "/", [.cookie: "a=b"]).text == "1")
        #expect(try await ask(page).text == "2")
        #expect(try await ask(page, "/", [.cookie: "a=b"]).text == "3")
        #expect(try await ask(page).text == "2")
        for control in ["public, max-age=60", "s-maxage=60"] {
            let shared = cached([.cacheControl: control])
            #expect(try await ask(shared, "/", [.cookie: "a=b"]).text == "1")
            #expect(try await ask(shared, "/", [.cookie: "c=d"]).text == "1")
            #expect(try await ask(shared).text == "1")
        }
    }

    @Test func `a URL is scheme, host, path and query, by bytes`() async throws {
        let host = try #require(Self.host)
        let handler = cached([.cacheControl: "max-age=60"])
        #expect(try await ask(handler, "/a").text == "1")
        #expect(try await ask(handler, "/a?").text == "2")
        #expect(try await ask(handler, "/a?b=c").text == "3")
        #expect(try await ask(handler, "/A").text == "4")
        #expect(try await ask(handler, "/a", [host: "other.example"]).text == "5")
        #expect(try await ask(handler, "/a", [host: "example.com:81"]).text == "6")
        #expect(try await ask(handler, "/%61").text == "7")
        #expect(try await ask(handler, "/a", [host: "EXAMPLE.com"]).text == "1")
        #expect(try await ask(handler, "/\u{E9}").text == "8")
        #expect(try await ask(handler, "/e\u{301}").text == "9")
        #expect(try await ask(handler, "/a?b=c").text == "3")
        var request = try exchange.request("/a", [host: "example.com"])
        request.peer.isSecure = true
        #expect(try await exchange.answer(request, from: handler).text == "10")
        #expect(try await exchange.answer(try exchange.request("/a"), from: handler).text == "11")
        // With two hosts, nothing is stored.
        request.headers.append(HTTPField(name: host, value: "example.com"))
        #expect(try await exchange.answer(request, from: handler).text == "12")
        #expect(try await exchange.answer(request, from: handler).text == "13")
    }

    @Test func `the fields of Vary choose the response`() async throws {
        let handler = cached([.cacheControl: "max-age=60", .vary: "Accept-Language, ACCEPT"])
        #expect(try await ask(handler, "/", [.acceptLanguage: "de"]).text == "1")
        #expect(try await ask(handler, "/", [.acceptLanguage: "en"]).text == "2")
        #expect(try await ask(handler).text == "3")
        #expect(try await ask(handler, "/", [.acceptLanguage: "de", .accept: "*/*"]).text == "4")
        #expect(try await ask(handler, "/", [.acceptLanguage: "de", .userAgent: "x"]).text == "1")
        #expect(try await ask(handler).text == "3")
        // A client can't fill the cache with one URL.
        for number in 0..<100 { _ = try await ask(handler, "/", [.acceptLanguage: "x-\(number)"]) }
        #expect(try await ask(handler, "/", [.acceptLanguage: "x-99"]).text == "104")
        #expect(try await ask(handler, "/", [.acceptLanguage: "de"]).text == "105")
    }

    @Test func `the directives of a request are obeyed`() async throws {
        let handler = cached([.cacheControl: "max-age=60"])
        #expect(try await ask(handler, "/", [.cacheControl: "only-if-cached"]).status == .gatewayTimeout)
        #expect(try await ask(handler, "/", [.cacheControl: "no-store"]).text == "1")
        #expect(try await ask(handler).text == "2")
        exchange.loop.advanceTime(by: .seconds(10))
        #expect(try await ask(handler, "/", [.cacheControl: "max-age=10"]).text == "2")
        #expect(try await ask(handler, "/", [.cacheControl: "min-fresh=50"]).text == "2")
        #expect(try await ask(handler, "/", [.cacheControl: "only-if-cached"]).text == "2")
        #expect(try await ask(handler, "/", [.cacheControl: "min-fresh=51"]).text == "3")
        exchange.loop.advanceTime(by: .seconds(10))
        #expect(try await ask(handler, "/", [.cacheControl: "max-age=9"]).text == "4")
        #expect(try await ask(handler, "/", [.cacheControl: "no-cache"]).text == "5")
        #expect(try await ask(handler).text == "5")
    }

    @Test func `HEAD is answered from the response to GET, but stores nothing`() async throws {
        let handler = cached([.cacheControl: "max-age=60"])
        #expect(try await ask(handler, method: .head).text == "1")
        #expect(try await ask(handler).text == "2")
        #expect(try await ask(handler, method: .head).text == "2")
    }

    @Test func `the conditions of a request are answered from the cache`() async throws {
        let handler = ResponseCache().wrapping(EntityTags().wrapping(Origin([.cacheControl: "max-age=60"])))
        let tag = try #require(try await ask(handler).headers[.eTag])
        let known = try await ask(handler, "/", [.ifNoneMatch: tag])
        #expect(known.status == .notModified)
        #expect(known.bytes.readableBytes == 0)
        #expect(known.headers[.age] == "0")
        #expect(try await ask(handler, "/", [.ifNoneMatch: #""x""#]).text == "1")
        // 304 of the handler isn't stored.
        #expect(try await ask(handler, "/b", [.ifNoneMatch: "*"]).status == .notModified)
        #expect(try await ask(handler, "/b").text == "3")
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .delete, .patch])
    func `a successful change removes the responses of its URL`(method: HTTPRequest.Method) async throws {
        let origin = Origin { request, number in
            if request.query["fail"] != nil, request.method != .get { throw HTTPError(.conflict) }
            var response = Response("\(number)")
            response.headers[.cacheControl] = "max-age=60"
            return response
        }
        let handler = ResponseCache().wrapping(origin)
        #expect(try await ask(handler, "/a").text == "1")
        #expect(try await ask(handler, "/b").text == "2")
        #expect(try await ask(handler, "/a?fail").text == "3")
        _ = try await ask(handler, "/a", method: method)
        _ = try await ask(handler, "/a?fail", method: method)
        #expect(try await ask(handler, "/a").text == "6")
        #expect(try await ask(handler, "/b").text == "2")
        #expect(try await ask(handler, "/a?fail").text == "3")
    }

    @Test func `bytes and responses are bounded, and a response in use stays`() async throws {
        let cache = ResponseCache(maximumSize: 100_000, maximumCount: 20, maximumLength: 10_000)
        let handler = cache.wrapping(
            Origin { request, _ in
                let length = Int(request.query["length"] ?? "") ?? 0
                let text = String(repeating: "x", count: length)
                return Response(headers: [.cacheControl: "max-age=60"], body: .bytes(ByteBuffer(string: text)))
            }
        )
        _ = try await ask(handler, "/kept")
        for number in 0..<100 {
            _ = try await ask(handler, "/\(number)")
            #expect(try await ask(handler, "/kept").headers[.age] == "0")
            #expect(cache.fill.count <= 20)
        }
        for number in 0..<100 {
            _ = try await ask(handler, "/\(number)?length=10000")
            #expect(cache.fill.size <= 100_000)
        }
        #expect(cache.fill.count < 10)
        _ = try await ask(handler, "/long?length=10001")
        #expect(try await ask(handler, "/long?length=10001").headers[.age] == nil)
        cache.removeAll()
        #expect(cache.fill == (0, 0))
    }

    @Test func `a page with a nonce isn't stored, and a page without it is`() async throws {
        let headers = SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'")
        let origin = Origin { request, number in
            let nonce = request.query["nonce"] == nil ? "" : request.contentSecurityNonce ?? ""
            return Response(
                headers: [.cacheControl: "max-age=60"],
                body: .bytes(ByteBuffer(string: "\(number)\(nonce)"))
            )
        }
        let handler = headers.wrapping(ResponseCache().wrapping(origin))
        let first = try await ask(handler, "/?nonce")
        let second = try await ask(handler, "/?nonce")
        #expect(first.text != second.text)
        #expect(second.headers[.contentSecurityPolicy] == "script-src 'nonce-\(second.text.dropFirst())'")
        #expect(try await ask(handler, "/").text == "3")
        #expect(try await ask(handler, "/").text == "3")
    }
}
