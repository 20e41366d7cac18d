import HTTPTypes
public import NIOCore

/// A part of a `multipart/form-data` body: a field of a form, or a file that is uploaded with it.
///
/// Its content is read once: as a sequence of pieces, which stops the connection's reading while you don't ask for more, or
/// by ``collect(upTo:)``. What isn't read is dropped when the next part is asked for.
public struct RequestPart {
    private let head: MultipartHead
    private let number: Int
    private let reader: MultipartReader

    init(_ head: MultipartHead, number: Int, _ reader: MultipartReader) {
        self.head = head
        self.number = number
        self.reader = reader
    }

    /// The name of the form's field, possibly empty; several parts may have the same.
    public var name: String { head.name }

    /// Whether the part is a file: whether it was sent with a `filename`, be it empty, or with a `filename*`.
    ///
    /// A browser sends a file of no name and no bytes where a visitor chose none.
    public var isFile: Bool { head.isFile }

    /// What the client calls the file; nil if it isn't one, or has no name.
    ///
    /// The last component only, of whatever path was sent: without `/`, `\` and control characters, never `.` or `..`. It
    /// may still begin with a dot, be long, or be that of a file that you have: choose the names that you store yourself.
    /// `filename*` isn't read (RFC 7578 §4.2).
    public var fileName: String? { head.fileName }

    /// The part's `Content-Type` as the client claims it; nil if it sent none, which means `text/plain` (RFC 7578 §4.4).
    public var contentType: String? { head.contentType }

    /// Reads what is left of the content into memory.
    ///
    /// - Parameter limit: the most bytes accepted; unless you say less, what the whole body may have.
    /// - Returns: the bytes, possibly none.
    /// - Throws: ``HTTPError`` with status 413 if there are more, or what is wrong with the body.
    public nonisolated(nonsending) func collect(upTo limit: Int = .max) async throws -> ByteBuffer {
        var collected = ByteBuffer()
        while var bytes = try await reader.nextBytes(ofPart: number) {
            guard bytes.readableBytes <= limit - collected.readableBytes else { throw HTTPError(.contentTooLarge) }
            collected.writeBuffer(&bytes)
        }
        return collected
    }
}

extension RequestPart: AsyncSequence {
    /// Asks for the content piece by piece.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let number: Int
        fileprivate let reader: MultipartReader

        /// Waits for the next piece, as it arrives from the network.
        ///
        /// - Parameter actor: where the caller is.
        /// - Returns: at least one byte, or nil at the part's end.
        /// - Throws: ``HTTPError``: what is wrong with the body; 500 if the next part was asked for meanwhile.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ByteBuffer? {
            try await reader.nextBytes(ofPart: number)
        }
    }

    /// Begins to read, or goes on: all iterators of a part share its content.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(number: number, reader: reader) }
}
