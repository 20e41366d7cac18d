import NIOCore

/// Writes a part of a message into memory that was allocated large enough for it.
///
/// A `ByteBuffer` checks its capacity at each write, and a head has many small parts.
struct HTTPMessagePart {
    private let memory: UnsafeMutableRawBufferPointer
    /// How many bytes were written.
    private(set) var length = 0

    init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
    }

    mutating func write(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    mutating func write(bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { append($0) }
    }

    mutating func write(buffer: ByteBuffer) {
        buffer.withUnsafeReadableBytes { append($0) }
    }

    /// Writes the digits of a number that isn't negative.
    mutating func write(number: Int) {
        var rest = number
        var place = 1
        while rest >= 10 {
            rest /= 10
            place *= 10
        }
        rest = number
        while place > 0 {
            append(byte: UInt8(ascii: "0") + UInt8(rest / place))
            rest %= place
            place /= 10
        }
    }

    /// Writes `name: value` and the end of the line.
    mutating func write(name: String, value: String) {
        write(text: name)
        write(": ")
        write(text: value)
        write("\r\n")
    }

    // The memory was allocated for exactly these bytes; the checks keep a mistake from writing past its end.

    private mutating func append(byte: UInt8) {
        precondition(length < memory.count, "a message longer than it was counted")
        memory[length] = byte
        length += 1
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= memory.count - length, "a message longer than it was counted")
        guard let source = bytes.baseAddress, let target = memory.baseAddress else { return }
        (target + length).copyMemory(from: source, byteCount: bytes.count)
        length += bytes.count
    }
}

extension ByteBuffer {
    /// Appends what `body` writes, `room` bytes at most.
    mutating func writePart(room: Int, _ body: (inout HTTPMessagePart) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var part = HTTPMessagePart(memory)
            body(&part)
            return part.length
        }
    }
}
