import Gust
import GustStreams
import GustWeb

/// Events that a test sends to a client.
final class EventSource: Sendable {
    let stream: AsyncStream<ServerSentEvent>
    private let continuation: AsyncStream<ServerSentEvent>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: ServerSentEvent.self) }

    func send(_ event: ServerSentEvent) { continuation.yield(event) }

    func finish() { continuation.finish() }

    /// A router with the events at `/`, behind a compression.
    func router(_ compress: Compress) throws -> Router {
        var app = Application()
        app.use(compress)
        app.get("/") { _ in Response.events(self.stream) }
        return try app.router()
    }
}
