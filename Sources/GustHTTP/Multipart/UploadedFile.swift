public import NIOCore

/// An uploaded file of a form, in memory; see ``Request/formData(upTo:)``.
public struct UploadedFile: Sendable {
    /// The name of the form's field.
    public let name: String
    /// The name of the file on the client, never a path; nil if it has none.
    ///
    /// See ``RequestPart/fileName`` for the limits of its use.
    public let fileName: String?
    /// The type of the file according to the client; nil if it sent none.
    public let contentType: String?
    /// The content.
    public let bytes: ByteBuffer
}
