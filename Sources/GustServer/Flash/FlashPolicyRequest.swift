import NIOCore

/// What a Flash movie asks with: 22 bytes, mostly with a NUL behind them.
enum FlashPolicyRequest {
    /// What the first bytes of a connection are.
    enum Match: Equatable { case whole, begun, no }

    /// The byte that the request begins with, and no HTTP method does.
    static let firstByte = UInt8(ascii: "<")
    private static let text = Array("<policy-file-request/>".utf8)

    /// Compares as many bytes as there are.
    ///
    /// The request is whole without its NUL: who answers that early must read on, so that the NUL isn't answered with a
    /// reset.
    static func match(_ bytes: ByteBuffer) -> Match {
        let view = bytes.readableBytesView
        guard text.starts(with: view.prefix(text.count)) else { return .no }
        guard view.count >= text.count else { return .begun }
        let rest = view.dropFirst(text.count)
        return rest.isEmpty || rest.elementsEqual([0]) ? .whole : .no
    }
}
