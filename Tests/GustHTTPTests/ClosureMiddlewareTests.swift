import GustHTTP
import HTTPTypes
import NIOEmbedded
import Testing

/// Closures as middleware, and how they receive errors.
@Suite struct ClosureMiddlewareTests {
    private struct Failure: Error {}

    /// A middleware that adds a field to every response.
    private struct Mark: Middleware {
        func answer(_ request: Request, next: any Handler) -> Answer {
            next.answer(request).edited(with: ()) { response, _ in response.headers[.server] = "gust" }
        }
    }

    private static let failing: [any Handler] = [
        ImmediateHandler { _ -> Response in throw Failure() }, SuspendingHandler { _ -> Response in throw Failure() },
    ]

    private func response(_ middleware: [any Middleware], _ handler: any Handler) async throws -> Response {
        let request = Request(
            method: .get,
            target: try #require(RequestTarget("/")),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        let wrapped = middleware.reversed().reduce(handler) { $1.wrapping($0) }
        return try await wrapped.answer(request).response()
    }

    @Test func `an async closure can catch the error that a handler threw`() async throws {
        let catching = ClosureMiddleware { request, next in
            do {
                return try await next.respond(to: request)
            } catch is Failure {
                return Response(status: .conflict)
            }
        }
        for handler in Self.failing {
            #expect(try await response([catching], handler).status == .conflict)
            // The same with an inner middleware, behind which the error is already a response.
            #expect(try await response([catching, Mark()], handler).status == .conflict)
        }
    }

    @Test func `if a closure rethrows an error, the response keeps the changes of inner middleware`() async throws {
        let passing = ClosureMiddleware { try await $1.respond(to: $0) }
        for handler in Self.failing {
            let response = try await response([passing, passing, Mark()], handler)
            #expect(response.status == .internalServerError)
            #expect(response.headers[.server] == "gust")
            #expect(response.error is Failure)
        }
    }

    @Test func `if a closure throws another error, that error is answered`() async throws {
        let refusing = ClosureMiddleware { request, next in
            _ = try? await next.respond(to: request)
            throw HTTPError(.forbidden)
        }
        for handler in Self.failing { #expect(try await response([refusing, Mark()], handler).status == .forbidden) }
    }

    @Test func `an error is a response for a closure that awaits the response of the next handler`() async throws {
        let stamping = ClosureMiddleware { request, next in
            var response = await next.response(to: request)
            response.headers[.server] = "stamp"
            return response
        }
        for handler in Self.failing { #expect(try await response([stamping], handler).headers[.server] == "stamp") }
    }

    @Test func `a synchronous closure costs no task and can refuse a request by throwing`() async throws {
        let guarding = ClosureMiddleware(answering: { request, next in
            guard request.method == .get else { throw HTTPError(.methodNotAllowed) }
            return next.answer(request)
        })
        var request = Request(
            method: .get,
            target: try #require(RequestTarget("/")),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        let wrapped = guarding.wrapping(ImmediateHandler { _ in "tea" })
        #expect(try wrapped.answer(request).immediateResponse?.status == .ok)
        request.method = .post
        #expect(try wrapped.answer(request).immediateResponse?.status == .methodNotAllowed)
    }

    @Test func `a middleware receives errors as responses`() async throws {
        for handler in Self.failing {
            let response = try await response([Mark()], handler)
            #expect(response.headers[.server] == "gust")
            #expect(response.error is Failure)
        }
    }
}
