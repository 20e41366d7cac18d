import NIOCore

/// The request for a Flash policy: 22 bytes, usually followed by a NUL.
enum FlashPolicyRequest {
    /// The result of a comparison of the first bytes of a connection with the request.
    enum Match: Equatable { case whole, begun, no }

    /// The byte that the request begins with; no HTTP method begins with this byte.
    static let firstByte = UInt8(ascii: "<")
    private static let text = Array("<policy-file-request/>".utf8)

    /// Compares the bytes received so far with the request.
    ///
    /// The request is whole without its NUL. After the policy has been sent, the server must continue to read, because an
    /// unread NUL would make the operating system reset the connection.
    static func match(_ bytes: ByteBuffer) -> Match {
        let view = bytes.readableBytesView
        guard text.starts(with: view.prefix(text.count)) else { return .no }
        guard view.count >= text.count else { return .begun }
        let rest = view.dropFirst(text.count)
        return rest.isEmpty || rest.elementsEqual([0]) ? .whole : .no
    }
}
