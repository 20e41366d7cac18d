import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustWeb

/// Combinations of middleware.
@Suite struct CombiningTests {
    /// Admits requests with a field, and refuses others with a status, at once or later.
    private struct Check: Middleware {
        let name: String
        var status = HTTPResponse.Status.unauthorized
        var isLate = false

        func answer(_ request: Request, next: any Handler) -> Answer {
            let isAdmitted = request.query[name] != nil
            let status = status
            let answer: @Sendable () -> Answer = {
                guard isAdmitted else { return .failed(HTTPError(status, "no \(name)")) }
                return next.answer(request).edited(with: name) { response, name in
                    response.headers[.server] = (response.headers[.server] ?? "") + name
                }
            }
            guard isLate else { return answer() }
            return .pending {
                await Task.yield()
                return try await answer().response()
            }
        }
    }

    private func ask(
        _ target: String,
        _ middleware: any Middleware,
        method: HTTPRequest.Method = .get,
        handler: any Handler = ImmediateHandler { _ in "in" }
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        return try await exchange.answer(
            try exchange.request(target, method: method),
            from: middleware.wrapping(handler)
        )
    }

    @Test(arguments: [false, true], [false, true])
    func `one middleware that admits a request is enough, and the first one counts`(
        isFirstLate: Bool,
        isSecondLate: Bool
    ) async throws {
        let any = AnyOf(
            Check(name: "a", isLate: isFirstLate),
            Check(name: "b", isLate: isSecondLate),
            Check(name: "c", status: .forbidden)
        )
        for (target, server) in [("/?a&b", "a"), ("/?b", "b"), ("/?c&b", "b"), ("/?c", "c")] {
            let answer = try await ask(target, any)
            #expect(answer.text == "in", "\(target)")
            #expect(answer.headers[.server] == server, "\(target)")
        }
        let refused = try await ask("/", any)
        #expect(refused.status == .forbidden)
        #expect(refused.text == "no c")
    }

    @Test(arguments: [false, true])
    func `an error of the handler isn't a refusal of the middleware`(isLate: Bool) async throws {
        let count = Mutex(0)
        let handler = ImmediateHandler { _ -> String in
            count.withLock { $0 += 1 }
            throw HTTPError(.notFound, "lost")
        }
        let answer = try await ask("/?a&b", AnyOf(Check(name: "a", isLate: isLate), Check(name: "b")), handler: handler)
        #expect(answer.text == "lost")
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `an answer of a middleware that is no refusal ends the search`() async throws {
        let preflight: HTTPFields = [.origin: "https://a.example", .accessControlRequestMethod: "GET"]
        let exchange = Exchange()
        let request = try exchange.request("/", preflight, method: .options)
        let any = AnyOf(CORS(.any), Check(name: "b"))
        let answer = try await exchange.answer(request, from: any.wrapping(ImmediateHandler { _ in "in" }))
        #expect(answer.status == .noContent)
    }

    @Test func `all middlewares of a list must admit a request, the first of them first`() async throws {
        let every = Every(Check(name: "a"), Check(name: "b"))
        #expect(try await ask("/?a&b", every).headers[.server] == "ba")
        #expect(try await ask("/?a", every).text == "no b")
        #expect(try await ask("/", every).text == "no a")
        #expect(try await ask("/", Every()).text == "in")
        let nested = AnyOf(Every(Check(name: "a"), Check(name: "b", isLate: true)), Check(name: "c"))
        #expect(try await ask("/?a&c", nested).headers[.server] == "c")
        #expect(try await ask("/?a&b", nested).headers[.server] == "ba")
        #expect(try await ask("/?a", nested).text == "no c")
    }

    @Test(arguments: [
        ("/health", true), ("/health/", true), ("/health/disk", true), ("/health?x", true), ("/he%61lth", true),
        ("/healthz", false), ("/Health", false), ("/", false), ("/x/health", false), ("/healt", false),
        // GHSA-92pp-h63x-v22m and GHSA-frvp-7c67-39w9: a path that another reader takes for another one.
        ("//health", false), ("/health//admin", false), ("/health/../admin", false), ("/health/..", false),
        ("/health/./admin", false), ("/health/%2e%2e/admin", false), ("/health/..%5Cadmin", false),
        ("/health%5C..%5Cadmin", false), ("/health\\admin", false), ("/health%2F..%2Fadmin", false),
        ("/health/..%2Fadmin", true), ("/admin/../health", false), ("/health/..x", true), ("*", false),
    ])
    func `an excepted path is compared as routes compare it, by whole segments`(
        target: String,
        isExcepted: Bool
    ) async throws {
        let except = Except("/health", "/metrics/", use: Check(name: "key"))
        #expect(try await ask(target, except).status == (isExcepted ? .ok : .unauthorized))
    }

    @Test func `a slash at the end of an excepted path has no meaning, and the root is one page`() async throws {
        let except = Except("/metrics/", "/", use: Check(name: "key"))
        for target in ["/metrics", "/metrics/", "/metrics/x", "/"] {
            #expect(try await ask(target, except).status == .ok, "\(target)")
        }
        for target in ["/x", "/metricsx", "//"] {
            #expect(try await ask(target, except).status == .unauthorized, "\(target)")
        }
        #expect(try await ask("/x?key", except).headers[.server] == "key")
    }

    @Test func `a closure decides which requests are excepted`() async throws {
        let except = Except(use: Check(name: "key")) { $0.method == .head }
        #expect(try await ask("/", except, method: .head).status == .ok)
        #expect(try await ask("/", except).status == .unauthorized)
    }
}
