import GustWire
import NIOCore

extension Packet {
    /// The event's name, for reports.
    var eventName: String {
        switch self {
        case .event(_, _, let name, _): name
        case .acknowledgement: "an acknowledgement"
        default: "message"
        }
    }

    /// About how many bytes the packet holds.
    var weight: Int {
        switch self {
        case .event(_, _, let name, let arguments): name.utf8.count + arguments.weight
        case .acknowledgement(_, _, let arguments): arguments.weight
        case .message(_, _, .text(let text)): text.utf8.count
        case .message(_, _, .json(let json)): json.bytes.readableBytes
        case .message(_, _, .binary(let bytes)): bytes.readableBytes
        default: 64
        }
    }
}

extension Arguments {
    /// How many bytes the arguments have, with their attachments.
    var weight: Int {
        hasAttachments ? attachments.reduce(text.readableBytes) { $0 + $1.readableBytes } : text.readableBytes
    }
}
