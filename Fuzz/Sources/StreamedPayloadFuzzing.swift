import NIOCore

@testable import GustClientWire
@testable import GustWire

/// Fuzzes responses that don't end, and scripts: the result doesn't depend on where the bytes are split.
///
/// An input begins with a digit: 0 for a page of script elements, 1 for a multipart body, 2 for one script.
enum StreamedPayloadFuzzing {
    private static let limit = 256

    static func run(_ input: Input) {
        var input = input
        switch input.takeVariant() % 3 {
        case 1: check(input, .parts)
        case 2: runScript(input)
        default: check(input, .scriptElements)
        }
    }

    private static func check(_ input: Input, _ form: StreamedPayloads.Form) {
        let whole = read(input, form, .whole)
        let bytes = read(input, form, .bytes)
        let pieces = read(input, form, .pieces)
        for (one, other) in [(whole, pieces), (pieces, bytes), (whole, bytes)] {
            // A payload may be longer than what is kept if it is complete at the end of a piece, so that only smaller pieces are refused.
            let isSame = one.isRefused || other.isRefused || one.payloads == other.payloads
            require(isSame, "other pieces have other payloads")
            let shorter = min(one.payloads.readableBytes, other.payloads.readableBytes)
            let isBeginning = one.payloads.readableBytesView.prefix(shorter)
                .elementsEqual(other.payloads.readableBytesView.prefix(shorter))
            require(isBeginning, "the payloads in front of an error differ")
        }
    }

    private static func read(
        _ input: Input,
        _ form: StreamedPayloads.Form,
        _ delivery: Input.Delivery
    ) -> (payloads: ByteBuffer, isRefused: Bool) {
        var stream = StreamedPayloads(form, maximumLength: limit)
        var payloads = ByteBuffer()
        var isRefused = false
        input.deliver(delivery) { piece in
            do throws(WireError) {
                try stream.read(piece) { payload in
                    payloads.writeString("[\(payload.readableBytes)]")
                    payloads.writeImmutableBuffer(payload)
                }
                require(stream.keptBytes <= limit, "\(stream.keptBytes) bytes are kept")
            } catch {
                isRefused = true
            }
            return !isRefused
        }
        return (payloads, isRefused)
    }

    private static func runScript(_ input: Input) {
        do throws(WireError) {
            let payload = try ScriptPayload.read(input.buffer)
            require(payload.readableBytes <= input.bytes.count, "\(payload.readableBytes) bytes came out")
        } catch {
            require(error.offset >= 0 && error.offset <= input.bytes.count, "\(error)")
        }
    }
}
