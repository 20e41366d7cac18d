import Gust
import GustDevelopment
import GustTesting
import GustWeb
import InMemoryLogging
import Logging

/// An application that fails in all the ways of the tests.
struct Desk {
    struct Broken: Error, CustomStringConvertible {
        var description: String { "the <pump> has \"failed\"" }
    }

    /// What a developer's browser sends.
    static let browser: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]

    let logs = InMemoryLogHandler()
    let client: TestClient

    init(_ development: Development = Development(isOn: true), _ change: (inout Application) -> Void = { _ in }) throws
    {
        var app = Application(logger: Logger(label: "test") { [logs] _ in logs })
        app.use(development)
        app.get("/") { _ in HTML("<!doctype html><title>Desk</title><body>Hello</body>") }
        app.get("/tickets/:id", name: "ticket") { (_, id: Int) -> String in
            if id == 0 { throw HTTPError(.notFound, "no such ticket") }
            throw Broken()
        }
        app.post("/tickets") { _ in "made" }
        app.get("/settings") { _ in "settings" }
        app.get("/later") { _ async throws -> String in
            await Task.yield()
            throw Broken()
        }
        change(&app)
        client = TestClient(try app.router())
    }
}
