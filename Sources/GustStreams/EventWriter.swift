import NIOCore

/// Sends server-sent events to one client; see `Response.events(heartbeat:retry:_:)`.
///
/// All methods may be called from any thread and from several tasks; each event is sent as a whole.
public struct EventWriter: Sendable {
    let body: BodyWriter

    /// Sends an event.
    ///
    /// If the client reads more slowly than events are sent, this method waits until the connection has room.
    /// - Throws: ``EventFieldError`` if a field has a character that would end it, before anything is sent; `CancellationError` if
    ///   the client has disconnected, the task is cancelled, or the server is shutting down.
    public func send(_ event: ServerSentEvent) async throws {
        try await body.write(event.encoded())
    }

    /// Sends an event of text; see ``send(_:)``.
    ///
    /// - Throws: The errors of ``send(_:)``.
    public func send(_ data: String, event: String? = nil, id: String? = nil) async throws {
        try await send(ServerSentEvent(data, event: event, id: id))
    }

    /// Sends a comment, which browsers ignore.
    ///
    /// - Throws: `CancellationError` if the client has disconnected, the task is cancelled, or the server is shutting down.
    public func comment(_ text: String) async throws {
        var buffer = ByteBuffer()
        ServerSentEvent.writeLines("", text, into: &buffer)
        buffer.writeString("\n")
        try await body.write(buffer)
    }
}
