public import GustHTTP
import HTTPTypes
import NIOCore

/// Server-sent events.
extension Response {
    /// Makes a response of server-sent events, which an asynchronous closure sends.
    ///
    /// ```swift
    /// app.get("/news") { request in
    ///     Response.events { events in
    ///         for await story in stories(after: request.lastEventID) {
    ///             try await events.send(story.text, event: "story", id: story.id)
    ///         }
    ///     }
    /// }
    /// ```
    /// The closure runs in a task of its own on the loop of the connection. The task is cancelled when the client disconnects and
    /// when the server shuts down. At shutdown the response ends properly behind the events that were sent; the browser
    /// then reconnects with the identifier of the last event in `Last-Event-ID`. It reconnects too when the closure returns: to
    /// stop it, answer its next request with 204.
    ///
    /// The head is sent at once, so that `EventSource` reports `open`, unless the closure throws an `HTTPError` before it first
    /// waits. `Compress` leaves events uncompressed unless it was made with `compressesEvents`.
    /// - Parameters:
    ///   - heartbeat: After how long without an event a comment is sent; nil for never.
    ///   - retry: How long the browser waits before it reconnects, sent at the beginning; nil leaves the choice to the browser.
    ///   - body: Sends the events; the response ends when the closure returns.
    /// - Returns: The response.
    public static func events(
        heartbeat: Duration? = .seconds(15),
        retry: Duration? = nil,
        _ body: @escaping @Sendable (EventWriter) async throws -> Void
    ) -> Response {
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-cache"]
        // nginx buffers the responses of a server unless they have this field.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return Response(
            headers: headers,
            body: .stream { writer in
                let pieces = BodyWriter(writer, preamble: retry.map { ServerSentEvent.field(retry: $0) })
                BodyTask.start(pieces, writer, untilShutdown: true) { try await body(EventWriter(body: $0)) }
                begin(pieces, heartbeat)
            }
        )
    }

    /// Makes a response of a sequence of server-sent events; see ``events(heartbeat:retry:_:)``.
    ///
    /// The next event is requested when the connection has room for it.
    public static func events<Events: AsyncSequence & Sendable>(
        _ events: Events,
        heartbeat: Duration? = .seconds(15),
        retry: Duration? = nil
    ) -> Response where Events.Element == ServerSentEvent {
        self.events(heartbeat: heartbeat, retry: retry) { writer in
            for try await event in events { try await writer.send(event) }
        }
    }

    /// Sends the head, and starts the heartbeats.
    private static func begin(_ pieces: BodyWriter, _ heartbeat: Duration?) {
        if !pieces.hasBegun { pieces.writeIfIdle(EventHeartbeat.comment) }
        guard let heartbeat, !pieces.isOver else { return }
        EventHeartbeat(pieces, every: TimeAmount(heartbeat)).schedule()
    }
}

/// The request of an `EventSource` that reconnects.
extension Request {
    /// The identifier of the last event that the client has received, from `Last-Event-ID`; nil on its first connection.
    ///
    /// Any client can send any text.
    public var lastEventID: String? {
        headers.value(of: "last-event-id").flatMap { $0.isEmpty ? nil : $0 }
    }
}
