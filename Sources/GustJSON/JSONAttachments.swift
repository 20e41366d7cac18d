package import NIOCore

/// The bytes that values in JSON text stand for, where they aren't base64 text of RFC 4648.
package protocol JSONAttachments: AnyObject, Sendable {
    /// The bytes that the value of `decoder` stands for, in memory of their own.
    ///
    /// - Throws: `DecodingError` if the value doesn't stand for bytes.
    func bytes(from decoder: JSONValueDecoder) throws -> ByteBuffer
}
