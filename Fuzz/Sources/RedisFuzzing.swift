import GustRedis
import NIOCore

/// Fuzzes the replies of Redis: the values don't depend on how the bytes arrive, no value exceeds the bounds, and a value that is encoded again
/// is read back.
enum RedisFuzzing {
    private static let limits: RESPLimits = {
        var limits = RESPLimits()
        limits.stringBytes = 4_096
        limits.elements = 1_000
        limits.depth = 8
        limits.replyBytes = 16_384
        return limits
    }()

    static func run(_ input: Input) {
        let whole = outcome(input, .whole)
        for delivery in [Input.Delivery.bytes, .pieces] {
            let other = outcome(input, delivery)
            require(
                // Which of two bounds is exceeded first depends on the pieces.
                other.values.count == whole.values.count && (other.error == nil) == (whole.error == nil),
                "\(whole) at once, \(other) in pieces"
            )
            for (left, right) in zip(whole.values, other.values) {
                require(encoded(left) == encoded(right), "\(left) at once, \(right) in pieces")
            }
        }
        for value in whole.values {
            var depth = 0
            var count = 0
            measure(value, depth: 0, &depth, &count)
            require(depth <= limits.depth && count <= limits.elements, "\(count) values, \(depth) levels")
            let bytes = encoded(value)
            // Numbers may be longer than they were.
            let again = outcome(Input(bytes.readableBytesView), .whole, RESPLimits())
            require(again.error == nil && again.values.map(encoded) == [bytes], "\(value) came back as \(again)")
        }
    }

    private static func outcome(
        _ input: Input,
        _ delivery: Input.Delivery,
        _ limits: RESPLimits = limits
    ) -> (values: [RESPValue], error: RESPError?) {
        var parser = RESPParser(limits)
        var values: [RESPValue] = []
        var failure: RESPError?
        input.deliver(delivery) { piece in
            var piece = piece
            do throws(RESPError) {
                while let value = try parser.next(&piece) { values.append(value) }
                require(piece.readableBytes == 0, "bytes are left")
                return true
            } catch {
                failure = error
                return false
            }
        }
        return (values, failure)
    }

    private static func measure(_ value: RESPValue, depth: Int, _ deepest: inout Int, _ count: inout Int) {
        count += 1
        guard let elements = value.elements else { return }
        deepest = max(deepest, elements.isEmpty ? depth : depth + 1)
        for element in elements { measure(element, depth: depth + 1, &deepest, &count) }
    }

    /// The bytes of a value in RESP3.
    private static func encoded(_ value: RESPValue) -> ByteBuffer {
        var output = ByteBuffer()
        write(value, into: &output)
        return output
    }

    private static func write(_ value: RESPValue, into output: inout ByteBuffer) {
        switch value {
        case .simpleString(let bytes): write("+", bytes, into: &output)
        // Only a long error may contain CR and LF.
        case .error(let bytes): write("!", string: bytes, into: &output)
        case .integer(let number): output.writeString(":\(number)\r\n")
        case .bulkString(let bytes): write("$", string: bytes, into: &output)
        case .array(let elements): write("*", elements.count, elements, into: &output)
        case .null: output.writeString("_\r\n")
        case .map(let elements): write("%", elements.count / 2, elements, into: &output)
        case .set(let elements): write("~", elements.count, elements, into: &output)
        case .push(let elements): write(">", elements.count, elements, into: &output)
        case .double(let number): output.writeString(",\(number)\r\n")
        case .boolean(let truth): output.writeString(truth ? "#t\r\n" : "#f\r\n")
        case .bigNumber(let digits): write("(", digits, into: &output)
        case .verbatimString(let bytes): write("=", string: bytes, into: &output)
        }
    }

    private static func write(_ type: String, _ line: ByteBuffer, into output: inout ByteBuffer) {
        output.writeString(type)
        output.writeImmutableBuffer(line)
        output.writeString("\r\n")
    }

    private static func write(_ type: String, string: ByteBuffer, into output: inout ByteBuffer) {
        output.writeString("\(type)\(string.readableBytes)\r\n")
        output.writeImmutableBuffer(string)
        output.writeString("\r\n")
    }

    private static func write(_ type: String, _ count: Int, _ elements: [RESPValue], into output: inout ByteBuffer) {
        output.writeString("\(type)\(count)\r\n")
        for element in elements { write(element, into: &output) }
    }
}
