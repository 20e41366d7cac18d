public import GustWire
import NIOCore

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

    /// About how many bytes the packet holds.
    package var weight: Int {
        switch self {
        case .event(let name, let arguments):
            arguments.attachments.reduce(name.utf8.count + arguments.text.readableBytes) { $0 + $1.readableBytes }
        case .message(.text(let text)): text.utf8.count
        case .message(.json(let json)): json.bytes.readableBytes
        case .message(.binary(let bytes)): bytes.readableBytes
        }
    }

    /// The packet without references to the buffer that it was read from.
    package var detached: NamespacePacket {
        switch self {
        case .event(let name, let arguments): .event(name: name, arguments.detached)
        case .message(let message): .message(message.detached)
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
