import GustWire
import NIOCore

/// Something that the program gives a socket to send.
enum Outgoing: Sendable {
    /// An event; `completion` is called once with the acknowledgement or the reason for its absence, and nil requests none.
    case event(name: String, Arguments, isVolatile: Bool, timeout: Duration?, AcknowledgementCompletion?)
    /// A message without a name.
    case message(Message, isVolatile: Bool)
    /// An acknowledgement of an event of the session with this number.
    case reply(id: Int, session: Int, Arguments)

    /// About how many bytes it has.
    var weight: Int {
        switch self {
        case .event(let name, let arguments, _, _, _): name.utf8.count + arguments.weight
        case .message(let message, _): message.weight
        case .reply(_, _, let arguments): arguments.weight
        }
    }
}

/// Called on the client's loop, once.
typealias AcknowledgementCompletion = @Sendable (Result<Arguments, ClientError>) -> Void

extension Arguments {
    /// The bytes of the text and of the attachments.
    var weight: Int {
        text.readableBytes + (hasAttachments ? attachments.reduce(0) { $0 + $1.readableBytes } : 0)
    }
}

extension Message {
    /// The number of bytes.
    var weight: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .json(let json): json.bytes.readableBytes
        case .binary(let bytes): bytes.readableBytes
        }
    }
}
