package import NIOCore

/// The union of what the generations can say: to or from the core of a connection, never bytes.
package enum Packet: Sendable {
    /// Server → client: the session's parameters.
    case open(Handshake)
    case close
    case ping(probe: Bool)
    case pong(probe: Bool)
    case upgrade
    case noop
    /// A client asks to join a namespace; a server says that it has.
    case connect(namespace: String, query: String?, payload: JSONSlice?)
    /// Leaves a namespace; nil is the whole session (0.9).
    case disconnect(namespace: String?)
    case connectError(namespace: String, payload: JSONSlice)
    case event(namespace: String, id: Int?, name: String, arguments: Arguments)
    case acknowledgement(namespace: String, id: Int, arguments: Arguments)
    /// A message without a name: 0.6, 0.9 and bare Engine.IO.
    case message(namespace: String, id: Int?, Message)

    /// The sender of the packet that comes next wants to know that it has come, whatever is made of it (0.9): to be
    /// answered at once by an acknowledgement without arguments.
    case receiptRequest(namespace: String, id: Int)

    /// Whether binary attachments follow the packet's text; cheaper to ask than what they are.
    package var hasAttachments: Bool {
        switch self {
        case .event(_, _, _, let arguments), .acknowledgement(_, _, let arguments): arguments.hasAttachments
        case .message(_, _, .binary): true
        default: false
        }
    }

    /// The binary attachments that follow the packet's text.
    package var attachments: [ByteBuffer] {
        switch self {
        case .event(_, _, _, let arguments), .acknowledgement(_, _, let arguments): arguments.attachments
        case .message(_, _, .binary(let bytes)): [bytes]
        default: []
        }
    }
}
