import GustHTTP
import NIOCore

@testable import GustServer

/// Frames: however they are cut, the same is read, and never more than was sent or allowed.
enum WebSocketFuzzing {
    private static let limit = 16 * 1_024

    /// Inputs begin with a digit: 1 for permessage-deflate.
    static func runRFC6455(_ input: Input) {
        var input = input
        let isCompressed = input.takeVariant() & 1 == 1
        check(input, mayGrow: isCompressed) {
            RFC6455Framing(
                maximumMessageSize: limit,
                maximumFragments: 4,
                deflate: isCompressed ? PermessageDeflate(offers: "permessage-deflate") : nil,
                compression: isCompressed ? MessageCompression() : nil
            )
        }
    }

    /// Inputs begin with a digit: 1 for hixie-76.
    static func runHixie(_ input: Input) {
        var input = input
        let hasClosingHandshake = input.takeVariant() & 1 == 1
        let inputs = check(input, mayGrow: false) {
            HixieFraming(hasClosingHandshake: hasClosingHandshake, maximumMessageSize: limit)
        }
        // Both ends frame alike, so that what was read can be written and read again.
        var framing = HixieFraming(hasClosingHandshake: hasClosingHandshake, maximumMessageSize: limit)
        for case .text(let text) in inputs {
            var frame = ByteBuffer()
            var again: [WebSocketInput] = []
            do throws(WebSocketError) {
                try framing.write(.text, text, into: &frame)
            } catch {
                require(false, "\(text) can't be sent: \(error)")
            }
            framing.read(&frame, into: &again)
            require(again == [.text(text)], "\(text) came back as \(again)")
        }
    }

    @discardableResult
    private static func check(_ input: Input, mayGrow: Bool, _ make: () -> any WebSocketFraming) -> [WebSocketInput] {
        let inputs = read(input.delivered(.whole), make())
        for delivery in [Input.Delivery.bytes, .pieces] {
            let reading = read(input.delivered(delivery), make())
            require(reading == inputs, "\(inputs)\ncut at other places is\n\(reading)")
        }
        var length = 0
        for item in inputs {
            switch item {
            case .text(let bytes):
                require(String(validating: bytes.readableBytesView, as: UTF8.self) != nil, "text that isn't UTF-8")
                require(bytes.readableBytes <= limit, "a message of \(bytes.readableBytes) bytes")
                length += bytes.readableBytes
            case .binary(let bytes), .ping(let bytes):
                require(bytes.readableBytes <= limit, "a message of \(bytes.readableBytes) bytes")
                length += bytes.readableBytes
            case .pong, .close, .failure: break
            }
        }
        require(mayGrow || length <= input.bytes.count, "\(length) bytes came out")
        return inputs
    }

    private static func read(_ pieces: [ByteBuffer], _ framing: any WebSocketFraming) -> [WebSocketInput] {
        var framing = framing
        var buffer = ByteBuffer()
        var inputs: [WebSocketInput] = []
        for piece in pieces {
            buffer.writeImmutableBuffer(piece)
            framing.read(&buffer, into: &inputs)
            // The channel handler reads nothing more.
            if case .failure = inputs.last { break }
        }
        return inputs
    }
}
