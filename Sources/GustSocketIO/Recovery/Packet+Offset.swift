import GustWire
import NIOCore

extension Packet {
    /// The packet with its offset as the last argument; nil if clients take no offset from such a packet.
    ///
    /// A stock client takes the last argument for an offset if it is a string, or the name of an event without arguments
    /// (socket.io-client 4.8, `lib/socket.ts`, `emitEvent`). So a volatile packet that ends in a string gets an offset too.
    func carryingOffset(_ offset: String, isVolatile: Bool) -> Packet? {
        let (namespace, name, arguments): (String, String, Arguments)
        switch self {
        case .event(let space, nil, let event, let values): (namespace, name, arguments) = (space, event, values)
        case .message(let space, nil, let message): (namespace, name, arguments) = (space, "message", message.arguments)
        default: return nil
        }
        if isVolatile, let last = arguments.last, last.bytes.readableBytesView.first != UInt8(ascii: "\"") {
            return nil
        }
        var extended = arguments
        extended.append(json: .string(offset))
        return .event(namespace: namespace, id: nil, name: name, arguments: extended)
    }
}

extension Arguments {
    /// The last argument.
    fileprivate var last: JSONSlice? {
        let count = count
        return count == 0 ? nil : self[count - 1]
    }
}
