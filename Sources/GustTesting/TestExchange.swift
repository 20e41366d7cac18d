import NIOCore

/// A request, and its response as far as it has been received.
public final class TestExchange: Sendable {
    private let access: any ServerAccess
    private let end: any ExchangeEnd

    init(_ access: any ServerAccess, _ end: any ExchangeEnd) {
        self.access = access
        self.end = end
    }

    /// Waits for the end of the response.
    ///
    /// - Returns: the response; if it was cut off, as far as it has been received.
    /// - Throws: ``TestError/timedOut(_:)`` if the response doesn't end in time, ``TestError/closed`` if the connection
    ///   ends without a response.
    public func response() async throws -> TestResponse {
        try await access.wait(for: "the end of a response") { try await self.finishedResponse() }
    }

    /// The response; nil if it hasn't ended.
    ///
    /// - Throws: ``TestError/closed`` if the connection ended without a response.
    public func finishedResponse() async throws -> TestResponse? {
        try await access.onLoop { try self.end.outcome?.get() }
    }

    /// The body as far as it has been received, as text.
    public func partialText() async throws -> String {
        try await access.onLoop { String(buffer: self.end.written) }
    }

    /// Waits until the body, as far as it has been received, contains `text`.
    ///
    /// - Returns: the body as far as it has been received.
    /// - Throws: ``TestError/timedOut(_:)`` if the text isn't received in time.
    public func partialText(with text: String) async throws -> String {
        try await access.wait(for: text) {
            let written = try await self.partialText()
            return written.utf8.contains(text.utf8) ? written : nil
        }
    }

    /// The body as far as it has been received, without its first `offset` bytes.
    func written(from offset: Int) async throws -> ByteBuffer {
        try await access.onLoop {
            let written = self.end.written
            return written.getSlice(at: offset, length: written.writerIndex - offset) ?? ByteBuffer()
        }
    }

    /// Aborts the exchange by closing the connection.
    public func abort() async throws {
        try await access.onLoop { self.end.abort() }
    }

    func webSocket() async throws -> TestWebSocket {
        try await access.wait(for: "an upgrade") {
            try await self.access.onLoop {
                if let end = self.end.webSocket { return TestWebSocket(self.access, end) }
                guard let response = try self.end.outcome?.get() else { return nil }
                throw TestError.refused(response)
            }
        }
    }
}
