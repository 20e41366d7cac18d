public import NIOCore

/// A file that came with a form, in memory; see ``Request/formData(upTo:)``.
public struct UploadedFile: Sendable {
    /// The name of the form's field.
    public let name: String
    /// What the client calls the file: a name, never a path; nil if it has none.
    ///
    /// See ``RequestPart/fileName`` for what it still may be.
    public let fileName: String?
    /// The file's type as the client claims it; nil if it sent none.
    public let contentType: String?
    /// What is in it.
    public let bytes: ByteBuffer
}
