import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustWeb

/// Tags of dynamic responses, and the conditions of clients.
@Suite struct EntityTagsTests {
    private struct Fixed: Handler {
        var response: Response
        func answer(_ request: Request) -> Answer { .ready(response) }
    }

    private func ask(
        _ response: Response,
        _ headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get,
        through middleware: [any Middleware] = [EntityTags()]
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        let request = try exchange.request("/", headers, method: method)
        return try await exchange.answer(request, from: Fixed(response: response).wrapped(in: middleware))
    }

    @Test func `the tag is weak, depends on the bytes only, and is the same in every process`() async throws {
        let hello = try await ask(Response("hello"))
        // The first 16 bytes of `printf hello | sha256sum`.
        #expect(hello.headers[.eTag] == #"W/"2cf24dba5fb0a30e26e83b2ac5b9e29e""#)
        #expect(hello.text == "hello")
        #expect(try await ask(Response("hello", type: "text/html")).headers[.eTag] == hello.headers[.eTag])
        #expect(try await ask(Response("hello!")).headers[.eTag] != hello.headers[.eTag])
    }

    @Test func `a client that has the bytes gets 304 without them, and with the fields of a cache`() async throws {
        var response = Response("hello")
        response.headers[.cacheControl] = "no-cache"
        response.headers[.vary] = "Accept"
        let tag = try #require(try await ask(response).headers[.eTag])
        for field in [tag, String(tag.dropFirst(2)), "\"x\", \(tag)", "*"] {
            let answer = try await ask(response, [.ifNoneMatch: field])
            #expect(answer.status == .notModified, "\(field)")
            #expect(answer.bytes.readableBytes == 0)
            #expect(answer.headers == [.cacheControl: "no-cache", .vary: "Accept", .eTag: tag])
        }
        #expect(try await ask(response, [.ifNoneMatch: #""x""#]).text == "hello")
        #expect(try await ask(response, [.ifNoneMatch: tag], method: .head).status == .notModified)
    }

    @Test func `If-Match compares strongly, so a weak tag fails it, and a handler's strong tag meets it`() async throws
    {
        let tag = try #require(try await ask(Response("hello")).headers[.eTag])
        #expect(try await ask(Response("hello"), [.ifMatch: tag]).status == .preconditionFailed)
        #expect(try await ask(Response("hello"), [.ifMatch: "*"]).status == .ok)
        var tagged = Response("hello")
        tagged.headers[.eTag] = #""v7""#
        #expect(try await ask(tagged, [.ifMatch: #""v7""#]).text == "hello")
        #expect(try await ask(tagged, [.ifMatch: #""v8""#]).status == .preconditionFailed)
        #expect(try await ask(tagged, [.ifNoneMatch: #""v7""#]).status == .notModified)
        #expect(try await ask(tagged).headers[.eTag] == #""v7""#)
    }

    @Test func `the date of a response counts if the request has no tags`() async throws {
        var response = Response("hello")
        response.headers[.lastModified] = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(try await ask(response, [.ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"]).status == .notModified)
        #expect(try await ask(response, [.ifModifiedSince: "Sun, 06 Nov 1994 08:49:36 GMT"]).status == .ok)
        #expect(
            try await ask(response, [.ifUnmodifiedSince: "Sun, 06 Nov 1994 08:49:36 GMT"]).status == .preconditionFailed
        )
        let both: HTTPFields = [.ifNoneMatch: #""x""#, .ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"]
        #expect(try await ask(response, both).status == .ok)
    }

    @Test func `only whole GET and HEAD responses with status 200 get a tag`() async throws {
        for method in [HTTPRequest.Method.post, .put, .delete, .options] {
            let answer = try await ask(Response("hello"), [.ifNoneMatch: "*"], method: method)
            #expect(answer.headers[.eTag] == nil)
            #expect(answer.text == "hello")
        }
        for status in [HTTPResponse.Status.created, .notFound, .partialContent, .internalServerError] {
            let answer = try await ask(Response("hello", status: status), [.ifNoneMatch: "*"])
            #expect(answer.status == status)
            #expect(answer.headers[.eTag] == nil)
        }
        let stream = Response(body: .stream { $0.finish(ByteBuffer(string: "hello")) })
        let streamed = try await ask(stream, [.ifNoneMatch: "*"])
        #expect(streamed.text == "hello")
        #expect(streamed.headers[.eTag] == nil)
        var secret = Response("hello")
        secret.headers[.cacheControl] = "no-store"
        #expect(try await ask(secret).headers[.eTag] == nil)
        let long = Response(String(repeating: "x", count: 101))
        #expect(try await ask(long, through: [EntityTags(maximumLength: 100)]).headers[.eTag] == nil)
        // A handler that leaves the body out for HEAD doesn't have the tag of GET.
        #expect(try await ask(Response(), method: .head).headers[.eTag] == nil)
        #expect(try await ask(Response()).headers[.eTag] != nil)
    }

    @Test(arguments: [false, true])
    func `a compressed response has a tag that the next request can send, in either order`(
        isInside: Bool
    ) async throws {
        let response = Response(String(repeating: "tea ", count: 1_000))
        let middleware: [any Middleware] = isInside ? [Compress(), EntityTags()] : [EntityTags(), Compress()]
        let first = try await ask(response, [.acceptEncoding: "gzip"], through: middleware)
        #expect(first.headers[.contentEncoding] == "gzip")
        let tag = try #require(first.headers[.eTag])
        let second = try await ask(response, [.acceptEncoding: "gzip", .ifNoneMatch: tag], through: middleware)
        #expect(second.status == .notModified)
        #expect(second.headers[.contentEncoding] == nil)
    }
}
