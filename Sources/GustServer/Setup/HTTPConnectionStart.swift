package import GustHTTP
package import Logging
package import NIOCore

/// Begins HTTP on a connection that a ``ConnectionSetup`` has set up.
///
/// Used on the loop of the connection only.
package struct HTTPConnectionStart: Sendable {
    let server: HTTPServerShared
    let loop: LoopContext
    /// The address of the client that a proxy has named by the PROXY protocol; nil if the peer is the client.
    package var clientAddress: SocketAddress?

    /// The size limits and deadlines of the server.
    package var limits: HTTPLimits { server.limits }
    /// The logger of the server.
    package var logger: Logger { server.logger }

    /// The loop of the connection.
    package var eventLoop: any EventLoop { loop.executor.eventLoop }

    /// Begins the exchange of a stream of a multiplexed connection, whose identifier is `stream`.
    package func makeExchange(_ stream: Int, _ output: any HTTPStreamOutput) -> HTTPStreamExchange {
        HTTPStreamExchange(server, loop, stream, output)
    }

    /// Notifies `participant` when the server stops, until ``remove(_:)``; at once, if the server is stopping.
    package func add(_ participant: any ShutdownParticipant) { loop.add(participant) }

    package func remove(_ participant: any ShutdownParticipant) { loop.remove(participant) }

    /// Adds the handlers of HTTP/1.1 on an encrypted connection to the end of the pipeline.
    ///
    /// - Parameters:
    ///   - channel: The channel of the connection.
    ///   - storage: The values that each request of the connection begins with.
    /// - Throws: The error of the pipeline, if the channel is closed.
    package func addHTTP1(to channel: any Channel, storage: RequestStorage) throws {
        let fileReading = FileRegionReadingHandler(loop)
        try channel.pipeline.syncOperations.addHandlers([
            fileReading,
            HTTPConnectionHandler(
                server: server,
                loop: loop,
                isSecure: true,
                storage: storage,
                fileReading: fileReading,
                clientAddress: clientAddress
            ),
        ])
    }
}
