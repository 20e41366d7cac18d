import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

@Suite struct SelfCheckTests {
    private struct Broken: SelfCheckingHandler {
        let problem: String?
        func answer(_ request: Request) -> Answer { .ready(Response()) }
    }

    private struct Through: Middleware {
        func answer(_ request: Request, next: any Handler) -> Answer { next.answer(request) }
    }

    private func problems(_ register: (inout Routes) -> Void) -> [String] {
        var routes = Routes()
        register(&routes)
        do {
            _ = try routes.build()
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `the problem of a handler is thrown together with other mistakes`() {
        let problems = problems { routes in
            routes.get(
                "/files/(.*)",
                use: Broken(problem: "there is no directory /nowhere"),
                file: "App.swift",
                line: 7
            )
            routes.get("/ok", use: Broken(problem: nil))
            routes.get("/bad(") { _ in "" }
        }
        #expect(problems.count == 2)
        #expect(problems.first == "App.swift:7: there is no directory /nowhere\n  /files/(.*)\n  ^^^^^^^^^^^")
    }

    @Test func `the problem of a handler is found through middleware and mounts`() {
        #expect(problems { $0.group("/a", through: Through()) { $0.get("/b", use: Broken(problem: "no")) } }.count == 1)
        #expect(problems { $0.mount("/a", Broken(problem: "no")) }.count == 1)
    }
}
