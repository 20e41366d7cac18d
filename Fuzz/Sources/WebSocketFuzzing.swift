import GustHTTP
import NIOCore

@testable import GustFraming
@testable import GustServer

/// Fuzzes frames: the result doesn't depend on where the bytes are split, and is never longer than the input or the
/// limit.
enum WebSocketFuzzing {
    private static let limit = 16 * 1_024

    /// Inputs begin with a digit: 1 for permessage-deflate, and 2 more for a client, which reads what servers send.
    static func runRFC6455(_ input: Input) {
        var input = input
        let variant = input.takeVariant()
        let isCompressed = variant & 1 == 1
        let role: WebSocketRole = variant & 2 == 2 ? .client : .server
        check(input, mayGrow: isCompressed) {
            RFC6455Framing(
                role: role,
                maximumMessageSize: limit,
                maximumFragments: 4,
                deflate: PermessageDeflate(offers: isCompressed ? "permessage-deflate" : "").map {
                    MessageDeflate($0, MessageCompression())
                },
                masking: MaskingKeys()
            )
        }
    }

    /// Inputs begin with a digit: 1 for hixie-76.
    static func runHixie(_ input: Input) {
        var input = input
        let hasClosingHandshake = input.takeVariant() & 1 == 1
        let make = { HixieFraming(hasClosingHandshake: hasClosingHandshake, maximumMessageSize: limit) }
        check(input, mayGrow: false, make)
        // Client and server use the same framing, so messages can be written and read again.
        var framing = make()
        read(input, .whole, make()) { item in
            guard case .text(let text) = item else { return }
            var frame = ByteBuffer()
            var again: [WebSocketInput] = []
            do throws(WebSocketError) {
                try framing.write(.text, text, into: &frame)
            } catch {
                require(false, "\(text) can't be sent: \(error)")
            }
            framing.read(&frame, into: &again)
            require(again == [item], "\(text) came back as \(again)")
        }
    }

    private static func check(_ input: Input, mayGrow: Bool, _ make: () -> any WebSocketFraming) {
        // Kept as descriptions: messages that the target itself holds would hide memory that the tested code holds.
        let transcripts = Input.Delivery.allCases.map { delivery in
            var transcript = ByteBuffer()
            var length = 0
            read(input, delivery, make()) { item in
                length += item.payload.readableBytes
                require(item.payload.readableBytes <= limit, "a message of \(item.payload.readableBytes) bytes")
                if case .text(let text) = item {
                    require(String(validating: text.readableBytesView, as: UTF8.self) != nil, "text that isn't UTF-8")
                }
                // With compression only the hash is kept: a small frame can contain a large message.
                transcript.writeString("\(item.word) \(item.payload.readableBytes) ")
                if mayGrow {
                    transcript.writeInteger(item.payload.hashValue)
                } else {
                    transcript.writeImmutableBuffer(item.payload)
                }
            }
            require(mayGrow || length <= input.bytes.count, "\(length) bytes came out")
            return transcript
        }
        for transcript in transcripts.dropFirst() {
            require(
                transcript == transcripts[0],
                "\(String(buffer: transcripts[0]))\ncut at other places is\n\(String(buffer: transcript))"
            )
        }
    }

    private static func read(
        _ input: Input,
        _ delivery: Input.Delivery,
        _ framing: any WebSocketFraming,
        _ body: (WebSocketInput) -> Void
    ) {
        var framing = framing
        var buffer = ByteBuffer()
        input.deliver(delivery) { piece in
            var piece = piece
            buffer.append(read: &piece)
            // A read that is interrupted because it takes long continues there, and always consumes bytes.
            while true {
                let before = buffer.readableBytes
                var inputs: [WebSocketInput] = []
                let isInterrupted = framing.read(&buffer, into: &inputs)
                inputs.forEach(body)
                // The channel handler reads nothing more after a failure.
                if case .failure = inputs.last { return false }
                require(!isInterrupted || buffer.readableBytes < before, "a turn without progress")
                guard isInterrupted else { break }
            }
            // Incomplete bytes are a part of a header or of a control frame.
            require(buffer.readableBytes < 14 + 125, "\(buffer.readableBytes) bytes of a frame were not consumed")
            return true
        }
    }
}

extension WebSocketInput {
    /// A description of a message, without its bytes.
    fileprivate var word: String {
        switch self {
        case .text: "text"
        case .binary: "binary"
        case .ping: "ping"
        case .pong: "pong"
        case .close(let code, let reason): "close \(code?.rawValue ?? 0) \(reason)"
        case .failure(let code): "failure \(code.rawValue)"
        }
    }

    fileprivate var payload: ByteBuffer {
        switch self {
        case .text(let bytes), .binary(let bytes), .ping(let bytes): bytes
        case .pong, .close, .failure: ByteBuffer()
        }
    }
}
