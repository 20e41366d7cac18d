package import NIOCore

/// A packet of any revision, as the core of a connection sends and receives it, independent of its bytes.
package enum Packet: Sendable {
    /// Server → client: the session's parameters.
    case open(Handshake)
    case close
    case ping(probe: Bool)
    case pong(probe: Bool)
    case upgrade
    case noop
    /// From a client: a request to join a namespace. From the server: the client has joined.
    case connect(namespace: String, query: String?, payload: JSONSlice?)
    /// Leaves a namespace; nil ends the connection (0.9).
    case disconnect(namespace: String?)
    case connectError(namespace: String, payload: JSONSlice)
    case event(namespace: String, id: Int?, name: String, arguments: Arguments)
    case acknowledgement(namespace: String, id: Int, arguments: Arguments)
    /// A message without a name: 0.6, 0.9 and bare Engine.IO.
    case message(namespace: String, id: Int?, Message)

    /// The packet that follows must be acknowledged at once, without arguments and independent of its handlers (0.9).
    case receiptRequest(namespace: String, id: Int)

    /// Whether binary attachments follow the packet's text; cheaper than making the list of attachments.
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
