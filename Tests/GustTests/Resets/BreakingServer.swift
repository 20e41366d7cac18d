import Gust
import GustHTTP
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer
@testable import GustSocketIO

/// A server with one Socket.IO endpoint on channels without a network, on one loop whose clock the test advances.
final class BreakingServer {
    private struct Weak {
        weak var handler: HTTPConnectionHandler?
    }

    let loop = EmbeddedEventLoop()
    let io: SocketIO
    private let shared: HTTPServerShared
    private let context: LoopContext
    private var handlers: [Weak] = []

    init() throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        io = SocketIO(logger: logger)
        io.onConnect { socket in
            // The closure retains the socket, which retains the closure.
            socket.on("echo") { (text: String) -> String in
                socket.emit("echo", text)
                return text
            }
            socket.onMessage { socket.send($0) }
            socket.join("room")
        }
        var routes = Routes()
        routes.add(io.routes())
        shared = HTTPServerShared(
            handler: try routes.build(),
            limits: HTTPLimits(),
            dialects: Set(WebSocketDialect.allCases),
            flashPolicy: nil,
            logger: logger
        )
        context = LoopContext(executor: LoopExecutor(loop))
    }

    /// Makes a new TCP connection.
    func accept() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: loop)
        let handler = HTTPConnectionHandler(server: shared, loop: context)
        handlers.append(Weak(handler: handler))
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
        return channel
    }

    /// The number of connection handlers that are in memory.
    var livingHandlers: Int { handlers.count { $0.handler != nil } }
}
