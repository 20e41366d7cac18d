import HTTPTypes
public import NIOCore

/// A part of a `multipart/form-data` body: a field of a form or an uploaded file.
///
/// The content can be read once, either as a sequence of pieces or by ``collect(upTo:)``. Nothing more is read from the
/// client until the next piece is requested. Unread content is dropped when the next part is requested.
public struct RequestPart {
    private let head: MultipartHead
    private let number: Int
    private let reader: MultipartReader

    init(_ head: MultipartHead, number: Int, _ reader: MultipartReader) {
        self.head = head
        self.number = number
        self.reader = reader
    }

    /// The name of the form's field; it may be empty, and several parts may have the same name.
    public var name: String { head.name }

    /// Whether the part is a file: it was sent with a `filename`, which may be empty, or with a `filename*`.
    ///
    /// If the visitor chose no file, browsers send a file without a name and without content.
    public var isFile: Bool { head.isFile }

    /// The name of the file on the client; nil if the part isn't a file or has no file name.
    ///
    /// The name is the last component of the path that was sent: it has no `/`, `\` or control characters, and is never `.`
    /// or `..`. The name may begin with a dot, be long, or equal the name of an existing file, so don't store files under it.
    /// `filename*` isn't read (RFC 7578 §4.2).
    public var fileName: String? { head.fileName }

    /// The `Content-Type` that the client sent for the part; nil if it sent none, which means `text/plain` (RFC 7578 §4.4).
    public var contentType: String? { head.contentType }

    /// Reads the rest of the content into memory.
    ///
    /// - Parameter limit: The maximum number of bytes; the default is bounded by the limit of the whole body only.
    /// - Returns: The bytes, possibly none.
    /// - Throws: ``HTTPError`` with status 413 if the content is longer, or an error of ``Request/parts(upTo:count:)``.
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
    /// Reads the content piece by piece.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let number: Int
        fileprivate let reader: MultipartReader

        /// Waits for the next piece, in the size in which it is received from the network.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: At least one byte, or nil at the end of the part.
        /// - Throws: ``HTTPError`` with status 500 if the next part has already been requested, or an error of
        ///   ``Request/parts(upTo:count:)``.
        package mutating func next(isolation actor: isolated (any Actor)?) async throws -> ByteBuffer? {
            try await reader.nextBytes(ofPart: number)
        }
    }

    /// Makes an iterator; all iterators of a part share its content.
    public func makeAsyncIterator() -> some AsyncIteratorProtocol<ByteBuffer, any Error> {
        Iterator(number: number, reader: reader)
    }
}
