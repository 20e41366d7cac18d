#if Redis
package import NIOCore

/// Reads the values of RESP2 and RESP3 from bytes that arrive in any pieces.
///
/// The parser keeps only the string or line that hasn't been received completely, and appends to it: the work is linear in the number of
/// bytes. A string that is in one piece isn't copied. Attributes of RESP3 are skipped. After an error the parser must not be used again.
package struct RESPParser: Sendable {
    /// The longest line with a text, and the longest line with a number, in bytes.
    private static let (textLine, numberLine) = (64 << 10, 64)

    /// What the next byte belongs to.
    enum Position {
        /// It is the type of a value.
        case type
        /// It is in the line after a type.
        case line(type: UInt8)
        /// It is in a string of `length` bytes, or in the CR LF after it.
        case string(type: UInt8, length: Int)
    }

    /// A value with elements that haven't been received completely.
    struct Aggregate {
        let type: UInt8
        var missing: Int
        var elements: [RESPValue] = []
    }

    let limits: RESPLimits
    var position = Position.type
    var aggregates: [Aggregate] = []
    /// The received part of a line or string.
    private var partial = ByteBuffer()
    /// Whether the CR after the line has been received.
    private var hasCarriageReturn = false
    /// The number of values of the reply, also of those that are only announced.
    private var elements = 0
    /// The number of bytes of the reply.
    private var bytes = 0

    package init(_ limits: RESPLimits = RESPLimits()) {
        self.limits = limits
    }

    /// The next value that is complete; nil if `input` ends before.
    ///
    /// The bytes are removed from `input`.
    ///
    /// - Throws: ``RESPError`` if the bytes aren't RESP or exceed a bound.
    package mutating func next(_ input: inout ByteBuffer) throws(RESPError) -> RESPValue? {
        if let whole = wholeReply(&input) { return whole }
        while true {
            let count = input.readableBytes
            guard count > 0 else { return nil }
            let value = try step(&input)
            bytes += count - input.readableBytes
            guard bytes <= limits.replyBytes else { throw .replyTooLong(limit: limits.replyBytes) }
            if let value, let whole = complete(value) {
                elements = 0
                bytes = 0
                return whole
            }
        }
    }

    /// Reads one type, line or string, or the part of it that has been received.
    ///
    /// Returns a value if one has ended, which isn't an aggregate
    /// with elements.
    private mutating func step(_ input: inout ByteBuffer) throws(RESPError) -> RESPValue? {
        switch position {
        case .type:
            guard let type = input.readInteger(as: UInt8.self) else { return nil }
            try begin(type)
            position = .line(type: type)
            return nil
        case .line(let type):
            guard let line = try readLine(&input, limit: lineLimit(type)) else { return nil }
            position = .type
            return try value(type, line)
        case .string(let type, let length):
            guard let string = try readString(&input, length) else { return nil }
            position = .type
            switch type {
            case UInt8(ascii: "!"): return .error(string)
            case UInt8(ascii: "="):
                guard string.getInteger(at: string.readerIndex + 3, as: UInt8.self) == UInt8(ascii: ":") else {
                    throw .missingFormat
                }
                return .verbatimString(string)
            default: return .bulkString(string)
            }
        }
    }

    private mutating func begin(_ type: UInt8) throws(RESPError) {
        switch type {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "$"), UInt8(ascii: "*"),
            UInt8(ascii: "_"), UInt8(ascii: "#"), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: "!"),
            UInt8(ascii: "="), UInt8(ascii: "%"), UInt8(ascii: "~"), UInt8(ascii: "|"):
            break
        case UInt8(ascii: ">") where aggregates.isEmpty: break
        default: throw .unknownType(type)
        }
        elements += 1
        guard elements <= limits.elements else { throw .tooManyElements(limit: limits.elements) }
    }

    private func lineLimit(_ type: UInt8) -> Int {
        switch type {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("): min(RESPParser.textLine, limits.stringBytes)
        default: RESPParser.numberLine
        }
    }

    /// The value of a line, or nil if the line begins a string or an aggregate.
    private mutating func value(_ type: UInt8, _ line: ByteBuffer) throws(RESPError) -> RESPValue? {
        let view = line.readableBytesView
        switch type {
        case UInt8(ascii: "+"): return .simpleString(line)
        case UInt8(ascii: "-"): return .error(line)
        case UInt8(ascii: ":"):
            guard let number = RESPNumber.integer(view) else { throw .malformedLine(type: type) }
            return .integer(number)
        case UInt8(ascii: "_"):
            guard view.isEmpty else { throw .malformedLine(type: type) }
            return .null
        case UInt8(ascii: "#"):
            guard view.count == 1, view.first == UInt8(ascii: "t") || view.first == UInt8(ascii: "f") else {
                throw .malformedLine(type: type)
            }
            return .boolean(view.first == UInt8(ascii: "t"))
        case UInt8(ascii: ","):
            guard let number = RESPNumber.double(view) else { throw .malformedLine(type: type) }
            return .double(number)
        case UInt8(ascii: "("):
            guard RESPNumber.isBigNumber(view) else { throw .malformedLine(type: type) }
            return .bigNumber(line)
        case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="):
            return try beginString(type, RESPNumber.integer(view))
        default: return try beginAggregate(type, RESPNumber.integer(view))
        }
    }

    private mutating func beginString(_ type: UInt8, _ length: Int?) throws(RESPError) -> RESPValue? {
        guard let length else { throw .malformedLength }
        // The null of RESP2.
        if length == -1, type == UInt8(ascii: "$") { return .null }
        guard length >= 0 else { throw .malformedLength }
        guard length <= limits.stringBytes else { throw .stringTooLong(limit: limits.stringBytes) }
        guard length <= limits.replyBytes - bytes else { throw .replyTooLong(limit: limits.replyBytes) }
        position = .string(type: type, length: length)
        return nil
    }

    private mutating func beginAggregate(_ type: UInt8, _ count: Int?) throws(RESPError) -> RESPValue? {
        guard let count else { throw .malformedLength }
        if count == -1, type == UInt8(ascii: "*") { return .null }
        guard count >= 0 else { throw .malformedLength }
        guard count <= limits.elements else { throw .tooManyElements(limit: limits.elements) }
        let isMap = type == UInt8(ascii: "%") || type == UInt8(ascii: "|")
        let missing = isMap ? 2 * count : count
        guard missing <= limits.elements - elements else { throw .tooManyElements(limit: limits.elements) }
        guard missing > 0 else { return RESPParser.aggregate(type, []) }
        guard aggregates.count < limits.depth else { throw .tooDeep(limit: limits.depth) }
        var aggregate = Aggregate(type: type, missing: missing)
        // A count is only an announcement, so that no more is reserved than for a small reply.
        aggregate.elements.reserveCapacity(min(missing, 4))
        aggregates.append(aggregate)
        return nil
    }

    /// Adds a value to the aggregate that it is in.
    ///
    /// Returns the reply if it is complete.
    private mutating func complete(_ value: RESPValue) -> RESPValue? {
        var value = value
        while let index = aggregates.indices.last {
            aggregates[index].elements.append(value)
            aggregates[index].missing -= 1
            guard aggregates[index].missing == 0 else { return nil }
            let aggregate = aggregates.removeLast()
            guard let whole = RESPParser.aggregate(aggregate.type, aggregate.elements) else { return nil }
            value = whole
        }
        return value
    }

    /// The value with these elements; nil for an attribute.
    static func aggregate(_ type: UInt8, _ elements: [RESPValue]) -> RESPValue? {
        switch type {
        case UInt8(ascii: "%"): .map(elements)
        case UInt8(ascii: "~"): .set(elements)
        case UInt8(ascii: ">"): .push(elements)
        case UInt8(ascii: "|"): nil
        default: .array(elements)
        }
    }

    /// The line, without CR LF; nil if `input` ends before.
    private mutating func readLine(_ input: inout ByteBuffer, limit: Int) throws(RESPError) -> ByteBuffer? {
        if hasCarriageReturn {
            guard input.readInteger(as: UInt8.self) == UInt8(ascii: "\n") else { throw .brokenLine }
            return takePartial()
        }
        let (length, end) = input.withUnsafeReadableBytes { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") { return (index, byte) }
                index += 1
            }
            return (index, 0 as UInt8)
        }
        // The length comes first, because in pieces it's known first.
        guard partial.readableBytes + length <= limit else { throw .stringTooLong(limit: limit) }
        guard end != UInt8(ascii: "\n") else { throw .brokenLine }
        guard end != 0, input.readableBytes > length + 1 else {
            hasCarriageReturn = end != 0
            input.readSlice(length: length).map { _ = partial.writeImmutableBuffer($0) }
            input.moveReaderIndex(forwardBy: input.readableBytes)
            return nil
        }
        guard var line = input.readSlice(length: length), input.readInteger(as: UInt16.self) == 0x0D0A else {
            throw .brokenLine
        }
        guard partial.readableBytes > 0 else { return line }
        partial.writeBuffer(&line)
        return takePartial()
    }

    /// The string before CR LF; nil if `input` ends before.
    private mutating func readString(_ input: inout ByteBuffer, _ length: Int) throws(RESPError) -> ByteBuffer? {
        let missing = length + 2 - partial.readableBytes
        guard let piece = input.readSlice(length: min(missing, input.readableBytes)) else { return nil }
        var string: ByteBuffer
        if partial.readableBytes == 0, piece.readableBytes == missing {
            string = piece
        } else {
            partial.writeImmutableBuffer(piece)
            guard piece.readableBytes == missing else { return nil }
            string = takePartial()
        }
        guard string.getInteger(at: string.readerIndex + length, as: UInt16.self) == 0x0D0A else {
            throw .missingTerminator
        }
        string.moveWriterIndex(to: string.readerIndex + length)
        return string
    }

    private mutating func takePartial() -> ByteBuffer {
        let whole = partial
        partial = ByteBuffer()
        hasCarriageReturn = false
        return whole
    }
}
#endif
