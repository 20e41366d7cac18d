public import Gust
import GustHTTP
package import GustServer
import Logging
import NIOCore

/// Running one test at every depth.
extension TestClient {
    /// Calls `body` with a client of `handler`, in memory or over TCP.
    ///
    /// Over TCP, a server with two event loops runs on a free port until `body` returns. If `body` throws only within
    /// `#expect`, declare it as `{ client async throws in`, because Swift doesn't infer `throws` from the macro.
    ///
    /// - Parameters:
    ///   - handler: a router, or any other handler.
    ///   - depth: in memory, or over TCP.
    ///   - keepsCookies: whether cookies that responses set are sent with all later requests.
    ///   - isolation: the actor on which `body` runs; by default that of the caller.
    ///   - body: the test.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; the operating system's error if the server can't listen.
    public static func with<Value>(
        _ handler: any Handler,
        at depth: TestDepth,
        keepsCookies: Bool = false,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (TestClient) async throws -> Value
    ) async throws -> Value {
        guard depth == .tcp else { return try await body(TestClient(handler, keepsCookies: keepsCookies)) }
        return try await withServer(of: handler, keepsCookies: keepsCookies, isolation: isolation) { client, _ in
            try await body(client)
        }
    }

    /// Calls `body` with a client of a server for `handler`, and with the port of the server.
    ///
    /// The server has two event loops, and runs until `body` returns.
    package static func withServer<Value>(
        of handler: any Handler,
        limits: HTTPLimits = HTTPLimits(),
        keepsCookies: Bool = false,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (_ client: TestClient, _ port: Int) async throws -> Value
    ) async throws -> Value {
        let (ports, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        var configuration = HTTPServer.Configuration(port: 0, loops: 2)
        // The client is closed before the server stops, so the server has nothing to wait for.
        configuration.shutdownTimeout = .zero
        configuration.limits = limits
        configuration.onListening = { continuation.yield($0.port ?? 0) }
        let server = HTTPServer(
            handler,
            configuration: configuration,
            logger: Logger(label: "gust.testing") { _ in SwiftLogNoOpLogHandler() }
        )
        let running = Task {
            do { try await server.run() } catch { continuation.finish(throwing: error) }
            continuation.finish()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = try await iterator.next(isolation: isolation) else { throw TestError.closed }
        let client = TestClient(port: port, keepsCookies: keepsCookies)
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(client, port)) } catch { outcome = .failure(error) }
        await client.access.close()
        running.cancel()
        await running.value
        return try outcome.get()
    }
}
