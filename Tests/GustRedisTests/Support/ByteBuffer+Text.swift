#if Redis
public import NIOCore

/// Buffers are written as texts.
extension ByteBuffer: @retroactive ExpressibleByExtendedGraphemeClusterLiteral {}
extension ByteBuffer: @retroactive ExpressibleByUnicodeScalarLiteral {}
extension ByteBuffer: @retroactive ExpressibleByStringLiteral {
    /// Makes a buffer with the bytes of `value`.
    public init(stringLiteral value: String) { self.init(string: value) }
}
#endif
