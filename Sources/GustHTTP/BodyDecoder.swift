package import NIOCore

/// Decodes the bytes of a request's body piece by piece, such as those of a content coding.
///
/// A decoder is used on one loop and for one body.
package protocol BodyDecoder: AnyObject {
    /// Decodes a piece.
    ///
    /// - Parameters:
    ///   - bytes: The next encoded bytes, at most ``DecodedBody/pieceLength``.
    ///   - limit: The maximum number of decoded bytes.
    /// - Returns: The decoded bytes, possibly none.
    /// - Throws: ``HTTPError`` with status 413 if there are more decoded bytes, 400 if the bytes are invalid.
    func decode(_ bytes: ByteBuffer, upTo limit: Int) throws(HTTPError) -> ByteBuffer

    /// Called once after the last piece.
    ///
    /// - Throws: ``HTTPError`` with status 400 if the body isn't complete.
    func finish() throws(HTTPError)
}
