import Gust
import GustHTTP
import GustWeb
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Rules for every middleware, in every place and for every kind of answer.
@Suite struct MiddlewareContractTests {
    struct Failure: Error {}

    struct Problem: Error, ResponseConvertible {
        func response(for request: Request) -> Response {
            Response("{}", type: "application/problem+json", status: .unprocessableContent)
        }
    }

    /// A request and the status of its response.
    struct Situation {
        let path: String
        var method = HTTPRequest.Method.get
        let status: Int
        /// Whether the handler answers immediately.
        var isImmediate = true
    }

    static let situations = [
        Situation(path: "/ok", status: 200), Situation(path: "/ok", method: .head, status: 200),
        Situation(path: "/http", status: 409), Situation(path: "/other", status: 500),
        Situation(path: "/problem", status: 422), Situation(path: "/empty", status: 418),
        Situation(path: "/later/ok", status: 200, isImmediate: false),
        Situation(path: "/later/http", status: 409, isImmediate: false),
        Situation(path: "/later/other", status: 500, isImmediate: false),
        Situation(path: "/later/problem", status: 422, isImmediate: false),
        Situation(path: "/later/cancelled", status: 500, isImmediate: false),
        Situation(path: "/nothing", status: 404), Situation(path: "/typed/x", status: 404),
        Situation(path: "/ok", method: .put, status: 405), Situation(path: "/ok", method: .options, status: 204),
        Situation(path: "/stream", status: 200), Situation(path: "/upgrade", status: 101),
    ]

    private static func register(_ routes: inout Routes) {
        routes.get("/ok") { _ in "ok" }
        routes.get("/http") { _ -> String in throw HTTPError(.conflict) }
        routes.get("/other") { _ -> String in throw Failure() }
        routes.get("/problem") { _ -> String in throw Problem() }
        routes.get("/empty") { _ in HTTPResponse.Status(code: 418) }
        routes.get("/typed/:id") { (_, id: Int) in "\(id)" }
        routes.get("/stream") { _ in Response(body: .stream { $0.finish() }) }
        routes.webSocket("/upgrade") { _, _ in }
        routes.get("/later/:what") { request async throws -> String in
            await Task.yield()
            switch request.captures["what"] {
            case "http": throw HTTPError(.conflict)
            case "other": throw Failure()
            case "problem": throw Problem()
            case "cancelled": throw CancellationError()
            default: return "ok"
            }
        }
    }

    /// The places where a middleware can be added, with the prefix of the paths inside it.
    enum Place: String, CaseIterable {
        case application = ""
        case group = "/group"
        case nestedGroup = "/outer/inner"
        case mount = "/mount"
        case mountedRouter = "/router"

        func router(_ middleware: any Middleware) throws -> Router {
            var inner = Routes()
            MiddlewareContractTests.register(&inner)
            var routes = Routes()
            switch self {
            case .application:
                inner.use(middleware)
                return try inner.build()
            case .group:
                routes.group("/group", through: middleware) { MiddlewareContractTests.register(&$0) }
            case .nestedGroup:
                routes.group("/outer") { outer in
                    outer.group("/inner", through: middleware) { MiddlewareContractTests.register(&$0) }
                }
            case .mount:
                inner.use(middleware)
                routes.mount("/mount", inner)
            case .mountedRouter:
                inner.use(middleware)
                routes.mount("/router", try inner.build())
            }
            return try routes.build()
        }
    }

    private func request(_ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields) throws -> Request {
        Request(
            method: method,
            target: try #require(RequestTarget(path)),
            headers: headers,
            executor: executor
        )
    }

    private let executor = LoopExecutor(NIOSingletons.posixEventLoopGroup.any())

    /// The response, made on the loop as in a server.
    private func answer(_ request: Request, from router: Router) async throws -> Answer {
        try await executor.eventLoop.submit { router.answer(request) }.get()
    }

    @Test(arguments: StockMiddleware.all, Place.allCases)
    func `a middleware is around every response of inner handlers`(stock: StockMiddleware, place: Place) async throws {
        for situation in Self.situations {
            let lines = StockMiddleware.Lines()
            let router = try place.router(try stock.make(lines))
            let request = try request(situation.method, place.rawValue + situation.path, stock.headers)
            let answer = try await answer(request, from: router)
            if stock.isImmediate, situation.isImmediate {
                guard case .ready = answer else {
                    Issue.record("\(situation.method) \(request.path) isn't answered at once")
                    continue
                }
            }
            let response = try await answer.response()
            #expect(response.status.code == situation.status, "\(situation.method) \(request.path)")
            #expect(stock.hasMarked(response, lines), "\(situation.method) \(request.path): \(response)")
            #expect(response.unexpectedError == nil || response.status == .internalServerError)
        }
    }

    @Test(arguments: StockMiddleware.all.filter { $0.refusal != nil }, Place.allCases)
    func `a request is refused before any handler runs`(stock: StockMiddleware, place: Place) async throws {
        let refusal = try #require(stock.refusal)
        for situation in Self.situations where refusal.methods.contains(situation.method) {
            let router = try place.router(try stock.make(StockMiddleware.Lines()))
            let request = try request(situation.method, place.rawValue + situation.path, refusal.headers)
            let response = try await answer(request, from: router).response()
            #expect(response.status.code == refusal.status, "\(situation.method) \(request.path)")
        }
    }

    @Test(arguments: StockMiddleware.all)
    func `a middleware is around the refusals of middleware inside it`(stock: StockMiddleware) async throws {
        for isLate in [false, true] {
            let lines = StockMiddleware.Lines()
            var routes = Routes()
            routes.use(try stock.make(lines))
            if isLate {
                routes.use(BearerAuthentication { _, _ in throw Failure() })
            } else {
                routes.use(BearerAuthentication(tokens: ["another"]))
            }
            routes.get("/") { _ in "home" }
            var headers = stock.headers
            // A refusing middleware in front checks the same field.
            if headers[.authorization] == nil { headers[.authorization] = "Bearer key" }
            let response = try await answer(try request(.get, "/", headers), from: routes.build()).response()
            #expect(response.status.code >= 400)
            #expect(stock.hasMarked(response, lines), "\(response)")
        }
    }

    @Test(arguments: StockMiddleware.all)
    func `a middleware runs once per request, also in nested groups`(stock: StockMiddleware) async throws {
        let count = Counter()
        var routes = Routes()
        routes.use(try stock.make(StockMiddleware.Lines()))
        routes.group("/a", through: count) { a in
            a.group("/b") { $0.get("/c") { _ in "c" } }
        }
        for (method, path) in [(HTTPRequest.Method.get, "/a/b/c"), (.put, "/a/b/c"), (.get, "/a/b/zz"), (.get, "/a")] {
            let before = count.value
            _ = try await answer(try request(method, path, stock.headers), from: routes.build()).response()
            #expect(count.value == before + 1, "\(method) \(path)")
        }
    }

    private final class Counter: Middleware {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func answer(_ request: Request, next: any Handler) -> Answer {
            count.withLock { $0 += 1 }
            return next.answer(request)
        }
    }
}
