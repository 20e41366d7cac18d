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
        let (addresses, continuation) = AsyncStream.makeStream(of: SocketAddress.self)
        var configuration = HTTPServer.Configuration(loops: 1)
        configuration.address = configured
        configuration.acceptsWebSocketDrafts = acceptsWebSocketDrafts
        configuration.flashPolicy = flashPolicy
        if let shutdownTimeout { configuration.shutdownTimeout = shutdownTimeout }
        configuration.onListening = { continuation.yield($0) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
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
