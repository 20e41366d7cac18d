import HTTPTypes
import NIOCore

@testable import GustServer

/// Fuzzes responses of other nodes: the result doesn't depend on where the bytes are split, and no more bytes are kept than a head may have.
enum ResponseFuzzing {
    static func run(_ input: Input) {
        let whole = read(input, .whole)
        for delivery in [Input.Delivery.bytes, .pieces] {
            let reading = read(input, delivery)
            require(reading == whole, "\(whole)\nsplit at other places is\n\(reading)")
        }
    }

    /// A description of the response that was read.
    private static func read(_ input: Input, _ delivery: Input.Delivery) -> [String] {
        var limits = HTTPLimits()
        limits.headLength = 128
        var reader = HTTPResponseReader(limits: limits)
        var buffer = ByteBuffer()
        var body = ByteBuffer()
        var words: [String] = []
        var hasEnded = false
        input.deliver(delivery) { piece in
            buffer.writeImmutableBuffer(piece)
            do throws(HTTPParseError) {
                while let part = try reader.next(&buffer) {
                    switch part {
                    case .head(let status, let fields, let lines):
                        require((101...999).contains(status.code), "\(status)")
                        require(lines.readableBytes <= limits.headLength, "a head of \(lines.readableBytes) bytes")
                        words.append("\(status.code) \(fields)")
                    case .body(let bytes): body.writeImmutableBuffer(bytes)
                    case .end(let isReusable):
                        hasEnded = true
                        words.append("end \(isReusable)")
                    }
                }
            } catch {
                hasEnded = true
                // Which fault of several is named depends on the pieces.
                words.append("refused")
            }
            return !hasEnded
        }
        return words + [String(buffer: body)]
    }
}
