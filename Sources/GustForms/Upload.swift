public import NIOCore

/// An uploaded file, in memory if it is small, else in a temporary file; see `Request.uploads(_:)`.
///
/// A value that a form decodes may have properties of the types `Upload`, `Upload?` and `[Upload]`.
///
/// The temporary file is deleted when the last copy of this value is released, which is the end of the request unless the handler
/// keeps a copy. To keep the file, call ``move(to:)``.
public struct Upload: Sendable {
    /// The name of the form's field.
    public let name: String
    /// The name of the file on the client, never a path; nil if it has none.
    ///
    /// See `RequestPart.fileName` for the limits of its use.
    public let fileName: String?
    /// The type of the file according to the client; nil if it sent none.
    public let contentType: String?
    /// The length in bytes.
    public let size: Int
    let content: UploadContent

    /// The path of the temporary file; nil if the content is in memory.
    public var path: String? {
        if case .file(let file) = content.storage { file.path } else { nil }
    }

    /// The content, read on another thread if it is in a file.
    ///
    /// - Parameter limit: The maximum length in bytes.
    /// - Returns: The bytes.
    /// - Throws: `HTTPError` with status 413 if the content is longer; ``UploadError`` if the file can't be read.
    public func bytes(upTo limit: Int = 1 << 20) async throws -> ByteBuffer {
        try await content.bytes(size, upTo: limit)
    }

    /// Moves the file to `path`, on another thread; the file isn't deleted at the end of the request then.
    ///
    /// An existing file at `path` is replaced. If `path` is on another file system, the content is copied. A content in memory is
    /// written to the file. The file can be read and written by its owner only. It can be moved once.
    /// - Throws: `HTTPError` with status 507 if there is no room; ``UploadError`` if the file can't be moved.
    public func move(to path: String) async throws { try await content.move(to: path) }
}

extension Upload: Decodable {
    /// Always throws: an upload is decoded by `Request.decodeForm(_:limits:)` only.
    public init(from decoder: any Decoder) throws {
        throw DecodingError.dataCorrupted(
            .init(
                codingPath: decoder.codingPath,
                debugDescription: "an upload comes from a multipart/form-data body only"
            )
        )
    }
}
