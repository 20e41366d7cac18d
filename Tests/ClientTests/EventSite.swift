import Gust
import GustStreams
import GustWeb
import HTTPTypes
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

/// A site with server-sent events for a browser, whose server can be restarted by a page.
struct EventSite: Sendable {
    private let restarts: AsyncStream<Void>
    private let restart: AsyncStream<Void>.Continuation

    init() { (restarts, restart) = AsyncStream.makeStream(of: Void.self) }

    /// The server that runs, and its port.
    private final class Running: Sendable {
        private let state = Mutex<(services: ServiceGroup?, port: Int, isOver: Bool)>((nil, 0, false))

        var isOver: Bool { state.withLock { $0.isOver } }
        var port: Int { state.withLock { $0.port } }
        var services: ServiceGroup? { state.withLock { $0.services } }

        func begin(_ services: ServiceGroup) { state.withLock { $0.services = services } }
        func listen(on port: Int) { state.withLock { $0.port = port } }
        func end() { state.withLock { $0.isOver = true } }
    }

    /// Serves while `body` runs, which gets the address of the site; each restart uses the same port.
    func serve(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let running = Running()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for generation in 1... {
                    let services = try server(generation, port: running.port) { port in
                        running.listen(on: port)
                        continuation.yield(port)
                    }
                    running.begin(services)
                    try await services.run()
                    if running.isOver { return }
                }
            }
            group.addTask {
                for await _ in restarts { await running.services?.triggerGracefulShutdown() }
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body("http://127.0.0.1:\(port)")) } catch { outcome = .failure(error) }
            running.end()
            restart.yield()
            restart.finish()
            try await group.waitForAll()
            try outcome.get()
        }
    }

    private func server(
        _ generation: Int,
        port: Int,
        _ onListening: @escaping @Sendable (Int) -> Void
    ) throws -> ServiceGroup {
        var configuration = HTTPServer.Configuration(port: port, loops: 1)
        configuration.onListening = { onListening($0.port ?? 0) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = HTTPServer(try router(generation), configuration: configuration, logger: logger)
        return ServiceGroup(services: [server], logger: logger)
    }

    private func router(_ generation: Int) throws -> Router {
        var app = Application()
        app.use(Compress(compressesEvents: true))
        app.get("/") { _ in HTML("<!doctype html><title>events</title>") }
        app.post("/restart") { _ in
            restart.yield()
            return HTTPResponse.Status.noContent
        }
        // Three events a connection; the tenth is the last.
        app.get("/count") { request in
            let last = request.lastEventID.flatMap { Int($0) } ?? 0
            guard last < 10 else { return Response(status: .noContent) }
            return Response.events(retry: .milliseconds(20)) { events in
                for number in (last + 1)...min(last + 3, 10) {
                    try await events.send("number\n\(number) ü", event: "count", id: "\(number)")
                }
            }
        }
        // The connection is cut behind the second event.
        app.get("/cut") { request in
            Response.events(retry: .milliseconds(20)) { events in
                try await events.send(request.lastEventID ?? "none", id: "é1")
                if request.lastEventID == nil { throw CancellationError() }
                try await Task.sleep(for: .seconds(60))
            }
        }
        // One event a server; heartbeats are no events.
        app.get("/live") { request in
            Response.events(heartbeat: .milliseconds(50), retry: .milliseconds(20)) { events in
                try await events.send("\(generation) behind \(request.lastEventID ?? "none")", id: "g\(generation)")
                try await Task.sleep(for: .seconds(60))
            }
        }
        return try app.router()
    }
}
