import Gust
import GustStreams
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

/// Streamed bodies and clients that don't read, over TCP.
@Suite(.leavesNothing) struct StreamedBodyTests {
    private final class Progress: Sendable {
        private let state = Mutex((pieces: 0, end: ""))
        var pieces: Int { state.withLock { $0.pieces } }
        var end: String { state.withLock { $0.end } }
        func add() { state.withLock { $0.pieces += 1 } }
        func finish(_ end: String) { state.withLock { $0.end = end } }
    }

    @Test func `a client that doesn't read stops the writer, and cancels it when it leaves`() async throws {
        let progress = Progress()
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        var app = Application()
        app.get("/") { _ in
            Response { writer in
                defer { end.finish() }
                do {
                    // A gigabyte, far more than the buffers of the operating system.
                    let piece = ByteBuffer(repeating: 120, count: 64 * 1_024)
                    for _ in 0..<16_384 {
                        try await writer.write(piece)
                        progress.add()
                        if progress.pieces == 8 { begin.finish() }
                    }
                    progress.finish("written")
                } catch is CancellationError {
                    progress.finish("cancelled")
                }
            }
        }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        var configuration = HTTPServer.Configuration(port: 0, loops: 1)
        configuration.onListening = { listening.yield($0.port ?? 0) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = HTTPServer(try app.router(), configuration: configuration, logger: logger)
        let services = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: port).get()
            try await client.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
            for await _ in begun {}
            try await client.close()
            for await _ in ended {}
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(progress.end == "cancelled")
        #expect(progress.pieces >= 8)
        #expect(progress.pieces < 16_384)
    }
}
