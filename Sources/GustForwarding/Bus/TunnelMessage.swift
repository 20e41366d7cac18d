import GustDigest
import GustHTTP
import NIOCore

/// One message of a tunnel between two nodes over the bus.
///
/// `version kind from(12) tunnel(16) sequence(4) payload code(16)`; the code authenticates the message and its receiver.
struct TunnelMessage {
    enum Kind: UInt8 {
        /// Opens a tunnel.
        case open = 1
        /// Tells the opener that the tunnel is open.
        case accepted = 2
        /// Bytes of the stream.
        case data = 3
        /// How many further bytes the receiver of this message may send, as 4 bytes.
        case window = 4
        /// The end of both directions, behind the bytes before it.
        case end = 5
        /// The sender is there; the payload has, for each tunnel in which it has sent something lately, its identifier and the number of its
        /// next message.
        case alive = 6
        /// The sender has no such tunnel.
        case gone = 7
        /// The sender has ended; for ``everybody``.
        case left = 8
    }

    /// The receiver of a message for all nodes; no tag of a node.
    static let everybody = "*"

    /// A random name of a tunnel, which its opener has chosen.
    typealias Identifier = [UInt8]

    static let identifierLength = 16
    /// The most bytes of a payload.
    static let maximumPayload = 32 * 1_024
    private static let version: UInt8 = 1
    private static let codeLength = 16
    private static let headLength = 2 + ForwardingKeys.tagLength + identifierLength + 4

    var kind: Kind
    /// The tag of the sender.
    var from: String
    var tunnel: Identifier
    /// The number of the message among those of its sender in the tunnel.
    var sequence: UInt32
    var payload = ByteBuffer()

    /// Encodes the message for the node with the tag `to`.
    func encoded(for to: String, _ key: AuthenticationKey) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(Self.headLength + payload.readableBytes + Self.codeLength)
        bytes.writeInteger(Self.version)
        bytes.writeInteger(kind.rawValue)
        bytes.writeString(from)
        bytes.writeBytes(tunnel)
        bytes.writeInteger(sequence)
        bytes.writeImmutableBuffer(payload)
        bytes.writeBytes(Self.code(Array(bytes.readableBytesView), to, key))
        return bytes
    }

    /// Decodes and authenticates a message for the node with the tag `to`; nil for anything else.
    init?(_ bytes: ByteBuffer, for to: String, _ key: AuthenticationKey) {
        var bytes = bytes
        let length = bytes.readableBytes - Self.codeLength
        guard length >= Self.headLength, length <= Self.headLength + Self.maximumPayload,
            let message = bytes.getBytes(at: bytes.readerIndex, length: length),
            let code = bytes.getBytes(at: bytes.readerIndex + length, length: Self.codeLength),
            ConstantTime.areEqual(Self.code(message, to, key), code),
            bytes.readInteger(as: UInt8.self) == Self.version,
            let kind = bytes.readInteger(as: UInt8.self).flatMap(Kind.init(rawValue:)),
            let from = bytes.readString(length: ForwardingKeys.tagLength),
            let tunnel = bytes.readBytes(length: Self.identifierLength),
            let sequence = bytes.readInteger(as: UInt32.self),
            let payload = bytes.readSlice(length: length - Self.headLength)
        else { return nil }
        self.init(kind: kind, from: from, tunnel: tunnel, sequence: sequence, payload: payload)
    }

    init(kind: Kind, from: String, tunnel: Identifier, sequence: UInt32, payload: ByteBuffer = ByteBuffer()) {
        self.kind = kind
        self.from = from
        self.tunnel = tunnel
        self.sequence = sequence
        self.payload = payload
    }

    private static func code(_ message: [UInt8], _ to: String, _ key: AuthenticationKey) -> [UInt8] {
        Array(key.code(for: message + Array(to.utf8)).prefix(codeLength))
    }
}
