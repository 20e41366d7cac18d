public import GustWire

/// A packet for sockets of one namespace, before it is encoded for a revision; a value, so that it can be sent to another node.
public enum NamespacePacket: Sendable {
    /// An event with its encoded arguments.
    case event(name: String, Arguments)
    /// A message without a name.
    case message(Message)

    /// The name of the event, for reports of errors.
    package var name: String {
        switch self {
        case .event(let name, _): name
        case .message: "message"
        }
    }

    /// The packet of a namespace, with the id under which it must be acknowledged.
    package func packet(in namespace: String, id: Int? = nil) -> Packet {
        switch self {
        case .event(let name, let arguments): .event(namespace: namespace, id: id, name: name, arguments: arguments)
        case .message(let message): .message(namespace: namespace, id: id, message)
        }
    }
}
