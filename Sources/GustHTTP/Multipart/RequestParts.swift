import HTTPTypes
import NIOCore

/// The parts of a `multipart/form-data` body, as they are received; see ``Request/parts(upTo:count:)``.
public struct RequestParts: Sendable, AsyncSequence {
    private let body: RequestBody
    private let boundary: Result<MultipartBoundary, HTTPError>
    private let maximumParts: Int

    init(_ body: RequestBody, _ boundary: Result<MultipartBoundary, HTTPError>, maximumParts: Int) {
        self.body = body
        self.boundary = boundary
        self.maximumParts = maximumParts
    }

    /// Reads one part after the other.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let reader: Result<MultipartReader, HTTPError>

        /// Drops the unread content of the current part and waits for the next part.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The part, or nil after the last part, when the whole body has been read.
        /// - Throws: ``HTTPError`` with status 415, 400 or 413; see ``Request/parts(upTo:count:)``.
        package mutating func next(isolation actor: isolated (any Actor)?) async throws -> RequestPart? {
            try await reader.get().nextPart()
        }
    }

    /// Makes an iterator; a body can be read once.
    public func makeAsyncIterator() -> some AsyncIteratorProtocol<RequestPart, any Error> {
        Iterator(reader: boundary.map { MultipartReader(body, $0, maximumParts: maximumParts) })
    }
}
