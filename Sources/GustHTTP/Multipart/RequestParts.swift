import HTTPTypes
import NIOCore

/// The parts of a `multipart/form-data` body, as they arrive; see ``Request/parts(upTo:count:)``.
public struct RequestParts: Sendable, AsyncSequence {
    private let body: RequestBody
    private let boundary: Result<MultipartBoundary, HTTPError>
    private let maximumParts: Int

    init(_ body: RequestBody, _ boundary: Result<MultipartBoundary, HTTPError>, maximumParts: Int) {
        self.body = body
        self.boundary = boundary
        self.maximumParts = maximumParts
    }

    /// Asks for one part after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: Result<MultipartReader, HTTPError>

        /// Waits for the next part; drops what wasn't read of the one before.
        ///
        /// - Parameter actor: where the caller is.
        /// - Returns: the part, or nil behind the last one, when the whole body was read.
        /// - Throws: ``HTTPError``: 415, 400 or 413, as ``Request/parts(upTo:count:)`` says.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> RequestPart? {
            try await reader.get().nextPart()
        }
    }

    /// Begins to read; a body can be read once.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: boundary.map { MultipartReader(body, $0, maximumParts: maximumParts) })
    }
}
