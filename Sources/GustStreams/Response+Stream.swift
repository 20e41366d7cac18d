public import GustHTTP
public import HTTPTypes
public import NIOCore

/// Responses whose body is written by asynchronous code.
extension Response {
    /// Makes a response whose body an asynchronous closure writes.
    ///
    /// ```swift
    /// app.get("/report") { _ in
    ///     Response(type: "text/csv", stream: { writer in
    ///         try await writer.write("day,visitors\n")
    ///         for day in try await days() { try await writer.write("\(day.name),\(day.visitors)\n") }
    ///     })
    /// }
    /// ```
    /// The closure runs in a task of its own on the loop of the connection, and begins when the response is sent. The task is
    /// cancelled when the client disconnects. Status and fields are sent with the first piece. An `HTTPError` that is thrown
    /// before is the response instead; any other error is answered with 500 and logged. An error after the first piece is logged
    /// and closes the connection, so that the client sees that the body is incomplete. Such errors don't pass through middleware.
    ///
    /// For `HEAD`, the closure runs up to its first piece.
    /// - Parameters:
    ///   - status: The status.
    ///   - headers: The header fields; with `Content-Length`, the body must have exactly that length.
    ///   - type: The media type; nil means the `Content-Type` of `headers`, or `application/octet-stream` if there is none.
    ///   - untilShutdown: Whether the response ends as soon as the server shuts down. Otherwise it may take up to
    ///     `HTTPServer.Configuration.shutdownTimeout` more, and is then cut off.
    ///   - body: Writes the body; the response ends when the closure returns.
    public init(
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:],
        type: String? = nil,
        untilShutdown: Bool = false,
        stream body: @escaping @Sendable (BodyWriter) async throws -> Void
    ) {
        var headers = headers
        if let type { headers[.contentType] = type }
        if headers[.contentType] == nil { headers[.contentType] = "application/octet-stream" }
        self.init(
            status: status,
            headers: headers,
            body: .stream { writer in BodyTask.start(BodyWriter(writer), writer, untilShutdown: untilShutdown, body) }
        )
    }

    /// Makes a response of a sequence of bytes; each element is sent when the sequence has produced it.
    ///
    /// The next element is requested when the connection has room for it. The iteration is cancelled when the client disconnects.
    /// See ``init(status:headers:type:untilShutdown:stream:)`` for errors of the sequence.
    public static func stream<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces,
        type: String = "application/octet-stream",
        untilShutdown: Bool = false
    ) -> Response where Pieces.Element == ByteBuffer {
        Response(type: type, untilShutdown: untilShutdown) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }

    /// Makes a response of a sequence of texts; each element is sent when the sequence has produced it.
    ///
    /// The next element is requested when the connection has room for it. The iteration is cancelled when the client disconnects.
    /// See ``init(status:headers:type:untilShutdown:stream:)`` for errors of the sequence.
    public static func stream<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces,
        type: String = "text/plain; charset=utf-8",
        untilShutdown: Bool = false
    ) -> Response where Pieces.Element == String {
        Response(type: type, untilShutdown: untilShutdown) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }
}
