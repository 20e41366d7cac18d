import GustHTTP
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import GustServer

/// A server of one loop on a free port of the loopback interface, which runs for as long as a test uses it.
enum LocalServer {
    /// Starts a server of `handler`, calls `body` with its address, and stops it; all connections must have ended by then.
    static func run<Output: Sendable>(
        _ handler: any Handler,
        at configured: HTTPServer.Configuration.Address = .host("127.0.0.1", port: 0),
        acceptsWebSocketDrafts: Bool = true,
        flashPolicy: FlashPolicy? = nil,
        shutdownTimeout: Duration? = nil,
        _ body: @Sendable (SocketAddress) async throws -> Output
    ) async throws -> Output {
        var configuration = HTTPServer.Configuration(loops: 1)
        configuration.address = configured
        configuration.acceptsWebSocketDrafts = acceptsWebSocketDrafts
        configuration.flashPolicy = flashPolicy
        if let shutdownTimeout { configuration.shutdownTimeout = shutdownTimeout }
        return try await run(handler, configuration) { addresses in try await body(try #require(addresses.first)) }
    }

    /// Starts a server with `configuration`, calls `body` with the addresses of its listeners, and stops it.
    static func run<Output: Sendable>(
        _ handler: any Handler,
        _ configuration: HTTPServer.Configuration,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: @Sendable ([SocketAddress]) async throws -> Output
    ) async throws -> Output {
        let (addresses, continuation) = AsyncStream.makeStream(of: [SocketAddress].self)
        var configuration = configuration
        configuration.onAllListening = { continuation.yield($0) }
        let server = HTTPServer(handler, configuration: configuration, logger: logger)
        let services = ServiceGroup(services: [server], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = addresses.makeAsyncIterator()
            let address = try #require(await iterator.next())
            let output = try await body(address)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            #expect(server.connectionCount == 0)
            return output
        }
    }
}
