import GustClientWire
import GustWire
import NIOCore

/// Fuzzes the envelopes of payloads that a client reads: the payloads don't depend on where a response is split, and are never longer
/// than it.
///
/// An input begins with a digit: 0 for script elements, 1 for a multipart body, 2 for one script.
enum StreamFuzzing {
    static func run(_ input: Input) {
        var input = input
        switch input.takeVariant() {
        case 0: check(input, .scriptElements)
        case 1: check(input, .parts)
        default:
            do throws(WireError) {
                let payload = try ScriptPayload.read(input.buffer)
                require(payload.readableBytes <= input.bytes.count, "\(payload.readableBytes) bytes came out")
            } catch {
                require(error.offset >= 0 && error.offset <= input.bytes.count, "\(error)")
            }
        }
    }

    private static func check(_ input: Input, _ form: StreamedPayloads.Form) {
        // With a lower limit it would depend on the pieces whether a payload is complete before too much is kept.
        let limit = input.bytes.count
        let transcripts = Input.Delivery.allCases.map { delivery in
            var parser = StreamedPayloads(form, maximumLength: limit)
            var transcript = ByteBuffer()
            var length = 0
            input.deliver(delivery) { piece in
                do throws(WireError) {
                    try parser.read(piece) { payload in
                        length += payload.readableBytes
                        transcript.writeString("\(payload.readableBytes) ")
                        transcript.writeImmutableBuffer(payload)
                    }
                } catch {
                    transcript.writeString("\(error.problem)")
                    return false
                }
                require(parser.keptBytes <= limit, "\(parser.keptBytes) bytes are kept")
                return true
            }
            require(length <= limit, "\(length) bytes came out")
            return transcript
        }
        for transcript in transcripts.dropFirst() {
            require(
                transcript == transcripts[0],
                "\(String(buffer: transcripts[0]))\ncut at other places is\n\(String(buffer: transcript))"
            )
        }
    }
}
