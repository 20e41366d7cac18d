import GustHTTP
import GustRouting
import HTTPTypes
import Synchronization
import Testing

/// Every handler is shut down exactly once.
@Suite struct ShutDownTests {
    /// Counts how often a handler is shut down.
    private final class Counter: Sendable {
        let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
    }

    /// A handler that is a class.
    private final class Stopping: Handler {
        let counter = Counter()
        func answer(_ request: Request) -> Answer { .ready(Response()) }
        func shutDown() { counter.count.add(1, ordering: .relaxed) }
    }

    /// A handler that is a struct, too large for the inline storage of an existential.
    private struct StoppingValue: Handler {
        let counter = Counter()
        let name: String
        let other = "a second string"
        func answer(_ request: Request) -> Answer { .ready(Response()) }
        func shutDown() { counter.count.add(1, ordering: .relaxed) }
    }

    private struct Through: Middleware {
        func answer(_ request: Request, next: any Handler) -> Answer { next.answer(request) }
    }

    @Test func `mounted and other handlers are shut down`() throws {
        let handlers = [Stopping(), Stopping(), Stopping()]
        var inner = Routes()
        inner.on(.get, pattern: "/x", use: handlers[2])
        var routes = Routes()
        routes.on(.get, pattern: "/x", use: handlers[0])
        routes.mount("/blog", handlers[1])
        routes.mount("/inner", try inner.build())
        try routes.build().shutDown()
        #expect(handlers.map(\.counter.value) == [1, 1, 1])
    }

    private func register(_ handler: any Handler, in routes: inout Routes) throws {
        routes.get("/a", use: handler)
        routes.post("/a", use: handler)
        routes.group("/g", through: Through()) { $0.get("/b", use: handler) }
        routes.host("example.com") { $0.get("/c", use: handler) }
        routes.mount("/m", handler)
        var inner = Routes()
        inner.use(Through())
        inner.get("/d", use: handler)
        let router = try inner.build()
        routes.mount("/r", router)
        routes.mount("/s", router)
    }

    @Test func `a handler that is registered on several routes is shut down once`() throws {
        let object = Stopping()
        let value = StoppingValue(name: "a name that isn't stored in place either")
        for (handler, counter) in [(object as any Handler, object.counter), (value, value.counter)] {
            var routes = Routes()
            routes.use(Through())
            try register(handler, in: &routes)
            try routes.build().shutDown()
            #expect(counter.value == 1)
        }
    }

    @Test func `each of several handlers of one type is shut down`() throws {
        let values = [StoppingValue(name: "same"), StoppingValue(name: "same")]
        var routes = Routes()
        routes.get("/a", use: values[0])
        routes.get("/b", use: values[1])
        try routes.build().shutDown()
        #expect(values.map(\.counter.value) == [1, 1])
    }
}
