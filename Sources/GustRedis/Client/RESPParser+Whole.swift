#if Redis
import NIOCore

/// Reads replies that have been received completely in one pass, without the state of the parser.
extension RESPParser {
    /// The most values, and the deepest nesting, that ``wholeReply(_:)`` reads.
    private static let (wholeValues, wholeDepth) = (4_096, 6)

    /// A reply that consists of strings, integers and aggregates, and has been received completely, as nearly all are.
    ///
    /// Anything else is read step by step: nothing is removed from `input` then, and nil is returned.
    func wholeReply(_ input: inout ByteBuffer) -> RESPValue? {
        guard case .type = position, aggregates.isEmpty else { return nil }
        var index = 0
        let value = input.withUnsafeReadableBytes { bytes -> RESPValue? in
            var budget = min(Self.wholeValues, limits.elements)
            let value = wholeValue(bytes, input, &index, depth: 0, &budget)
            return index <= limits.replyBytes ? value : nil
        }
        if value != nil { input.moveReaderIndex(forwardBy: index) }
        return value
    }

    private func wholeValue(
        _ bytes: UnsafeRawBufferPointer,
        _ input: ByteBuffer,
        _ index: inout Int,
        depth: Int,
        _ budget: inout Int
    ) -> RESPValue? {
        guard index < bytes.count, budget > 0, depth <= min(Self.wholeDepth, limits.depth) else { return nil }
        budget -= 1
        let type = bytes[index]
        // Attributes, nulls, errors and so on aren't worth a second path.
        guard let number = Self.length(in: bytes, &index) else { return nil }
        switch type {
        case UInt8(ascii: ":"): return .integer(number)
        case UInt8(ascii: "$"):
            guard number <= limits.stringBytes, number <= bytes.count - index - 2,
                bytes[index + number] == UInt8(ascii: "\r"), bytes[index + number + 1] == UInt8(ascii: "\n")
            else { return nil }
            defer { index += number + 2 }
            return input.getSlice(at: input.readerIndex + index, length: number).map { .bulkString($0) }
        case UInt8(ascii: "*"), UInt8(ascii: ">"), UInt8(ascii: "%"), UInt8(ascii: "~"):
            // A push can only be a reply of its own.
            guard type != UInt8(ascii: ">") || depth == 0, number > 0, number <= budget else { return nil }
            let count = type == UInt8(ascii: "%") ? 2 * number : number
            var elements: [RESPValue] = []
            elements.reserveCapacity(min(count, 16))
            for _ in 0..<count {
                guard let element = wholeValue(bytes, input, &index, depth: depth + 1, &budget) else { return nil }
                elements.append(element)
            }
            return RESPParser.aggregate(type, elements)
        default: return nil
        }
    }

    /// The number between a type and CR LF, at most nine digits; nil for anything else.
    private static func length(in bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Int? {
        var number = 0
        let start = index + 1
        index = start
        while index < bytes.count, index - start < 10 {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\r") {
                guard index > start, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") else { return nil }
                index += 2
                return number
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
            index += 1
        }
        return nil
    }
}
#endif
