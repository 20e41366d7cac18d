package import NIOCore

/// An encoder of JSON that takes values which are JSON already.
package protocol JSONTextEncoder: Encoder {
    /// Encodes a value that is JSON already, byte for byte.
    ///
    /// - Parameter text: returns the text; it may add the attachments that the text refers to.
    func encode(json text: (inout [ByteBuffer]) -> ByteBuffer)
}
