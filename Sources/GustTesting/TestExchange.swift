import NIOCore

/// A request in progress, and what came of it so far.
public final class TestExchange: Sendable {
    private let access: any ServerAccess
    private let end: any ExchangeEnd

    init(_ access: any ServerAccess, _ end: any ExchangeEnd) {
        self.access = access
        self.end = end
    }

    /// Waits for the end of the answer.
    ///
    /// - Returns: the answer; if it broke off, what had come until then.
    /// - Throws: ``TestError/timedOut(_:)`` if it doesn't end, ``TestError/closed`` if the connection ends without one.
    public func response() async throws -> TestResponse {
        try await access.wait(for: "the end of an answer") { try await self.finishedResponse() }
    }

    /// The answer, if it has ended.
    ///
    /// - Throws: ``TestError/closed`` if the connection ended without one.
    public func finishedResponse() async throws -> TestResponse? {
        try await access.onLoop { try self.end.outcome?.get() }
    }

    /// What was written so far of an answer that goes on.
    public func partialText() async throws -> String {
        try await access.onLoop { String(buffer: self.end.written) }
    }

    /// Waits until `text` was written of an answer, whether or not it goes on.
    ///
    /// - Returns: what was written so far.
    /// - Throws: ``TestError/timedOut(_:)`` if it never is.
    public func partialText(with text: String) async throws -> String {
        try await access.wait(for: text) {
            let written = try await self.partialText()
            return written.utf8.contains(text.utf8) ? written : nil
        }
    }

    /// What was written so far, but for the first `offset` bytes.
    func written(from offset: Int) async throws -> ByteBuffer {
        try await access.onLoop {
            let written = self.end.written
            return written.getSlice(at: offset, length: written.writerIndex - offset) ?? ByteBuffer()
        }
    }

    /// Goes away, as a client does that closes its connection.
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
