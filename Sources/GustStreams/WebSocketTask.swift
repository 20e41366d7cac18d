import GustHTTP
import Logging
import NIOCore

/// The task that serves one WebSocket.
enum WebSocketTask {
    /// Starts the task; called on the loop of the connection.
    static func start(
        _ stream: WebSocketStream,
        _ request: Request,
        _ logger: Logger,
        _ body: @escaping @Sendable (WebSocketStream, Request) async throws -> Void
    ) {
        // The receiver is known to the connection only after this call, so the code begins behind it.
        let executor = request.executor
        executor.eventLoop.execute {
            let task = Task.startingInPlace(on: executor) {
                do {
                    try await body(stream, request)
                    stream.complete(.normalClosure)
                } catch {
                    if !(error is CancellationError), !(error is WebSocketClosedError) {
                        logger.error("a WebSocket failed", metadata: ["path": "\(request.path)", "error": "\(error)"])
                    }
                    stream.complete(.internalError)
                }
            }
            stream.run(as: task)
        }
    }
}
