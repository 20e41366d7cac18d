import NIOCore

/// `~m~<length>~m~<body>`: what 0.6 puts around a body, on every transport and in both directions.
///
/// Source: socket.io 0.6.17, `lib/socket.io/utils.js`. Stricter than that: digits only, both marks
/// looked at, and a body that is all there.
package enum SocketIO06Framing {
    /// No payload is as long as ten digits say.
    private static let maximumDigits = 10

    /// The body of the frame that begins at `start`; nil if that is no whole frame.
    package static func body(in bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
        guard let (length, position) = header(in: bytes, at: start),
            let end = UTF16Length.end(of: length, from: position, in: bytes)
        else { return nil }
        return position..<end
    }

    /// The length that the header at `start` announces, and where the body begins.
    static func header(in bytes: UnsafeRawBufferPointer, at start: Int) -> (length: Int, bodyStart: Int)? {
        guard isMark(bytes, at: start) else { return nil }
        var position = start + 3
        var length = 0
        var digits = 0
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
            digits += 1
            guard digits <= maximumDigits else { return nil }
            length = length * 10 + Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        guard digits > 0, isMark(bytes, at: position) else { return nil }
        return (length, position + 3)
    }

    private static func isMark(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
        index + 3 <= bytes.count && bytes[index] == UInt8(ascii: "~") && bytes[index + 1] == UInt8(ascii: "m")
            && bytes[index + 2] == UInt8(ascii: "~")
    }

    /// Appends a frame whose body is `text`.
    static func write(_ text: String, into buffer: inout ByteBuffer) {
        writeHeader(length: text.utf16.count, into: &buffer)
        buffer.writeString(text)
    }

    /// Appends a frame whose body is marked as JSON.
    static func write(json: ByteBuffer, into buffer: inout ByteBuffer) {
        writeHeader(length: UTF16Length.count(json) + 3, into: &buffer)
        buffer.writeStaticString("~j~")
        buffer.writeImmutableBuffer(json)
    }

    /// In one piece: each write to a buffer costs more than these bytes.
    private static func writeHeader(length: Int, into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 32) { bytes in
            var position = writeMark(to: bytes, at: 0)
            var divisor = 1
            while length / divisor >= 10 { divisor *= 10 }
            while divisor > 0 {
                bytes[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: length / divisor % 10)
                position += 1
                divisor /= 10
            }
            return writeMark(to: bytes, at: position)
        }
    }

    private static func writeMark(to bytes: UnsafeMutableRawBufferPointer, at index: Int) -> Int {
        bytes[index] = UInt8(ascii: "~")
        bytes[index + 1] = UInt8(ascii: "m")
        bytes[index + 2] = UInt8(ascii: "~")
        return index + 3
    }
}
