import GustHTTP
import NIOCore

/// A connection to another node, which carries one request after the other, or the bytes of one upgraded connection.
///
/// `@unchecked Sendable`: used on the loop of the connection only.
final class NodeLink: ByteReceiver, @unchecked Sendable {
    let connection: any ByteConnection
    /// The tag of the other node.
    let tag: String
    /// The random name that the proofs of its requests have.
    let name = RandomText.make(ForwardedOrigin.linkLength)
    private var sequence = 0
    private(set) var isOpen = true
    /// The receiver of the bytes while the link is in use.
    var user: (any ByteReceiver)?
    /// Called when the link has ended.
    var onEnd: ((NodeLink) -> Void)?
    /// When the link was last used.
    var idleSince = NIODeadline.uptimeNanoseconds(0)

    init(_ connection: any ByteConnection, to tag: String) {
        self.connection = connection
        self.tag = tag
    }

    /// The number of the next request.
    func nextSequence() -> Int {
        sequence += 1
        return sequence
    }

    func receive(_ bytes: ByteBuffer) {
        // A node sends nothing unasked.
        guard let user else { return connection.abort() }
        user.receive(bytes)
    }

    func writabilityChanged(isWritable: Bool) { user?.writabilityChanged(isWritable: isWritable) }

    func closed() {
        isOpen = false
        let user = user
        self.user = nil
        let onEnd = onEnd
        self.onEnd = nil
        onEnd?(self)
        user?.closed()
    }
}
