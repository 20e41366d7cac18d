import GustWire
import NIOCore

extension Arguments {
    /// The first argument as a message: a string as text, a binary attachment as binary, any other value as JSON.
    var asMessage: Message? {
        guard let first = self[0] else { return nil }
        do {
            switch first.bytes.readableBytesView.first {
            case UInt8(ascii: "\""): return .text(try decode(String.self, at: 0))
            case UInt8(ascii: "{") where !attachments.isEmpty: return .binary(try decode(ByteBuffer.self, at: 0))
            default: return .json(first)
            }
        } catch {
            return .json(first)
        }
    }

    /// A message as the arguments of the event `message`.
    init(_ message: Message) {
        switch message {
        case .text(let text): self.init(trusted: JSONSlice.string(text).bytes)
        case .json(let json):
            self.init()
            append(json: json)
        case .binary(let bytes):
            self.init(trusted: ByteBuffer(string: #"{"_placeholder":true,"num":0}"#), attachments: [bytes])
        }
    }
}
