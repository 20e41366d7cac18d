import NIOCore

/// Writes one line of a head into memory that was allocated large enough for it.
///
/// A `ByteBuffer` checks its capacity at each write, and a line has many small parts.
struct HTTPHeadLine {
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

    /// Writes `name: value` and the end of the line.
    mutating func write(name: String, value: String) {
        write(text: name)
        write(UInt16(littleEndian: 0x203A))  // ": "
        write(text: value)
        write(UInt16(littleEndian: 0x0A0D))  // CR LF
    }

    private mutating func write(_ two: UInt16) {
        precondition(2 <= memory.count - length, "a line longer than it was counted")
        memory.storeBytes(of: two, toByteOffset: length, as: UInt16.self)
        length += 2
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // The memory was allocated for exactly these bytes; the check keeps a mistake from writing past its end.
        precondition(bytes.count <= memory.count - length, "a line longer than it was counted")
        UnsafeMutableRawBufferPointer(rebasing: memory[length...]).copyMemory(from: bytes)
        length += bytes.count
    }
}

extension ByteBuffer {
    /// Appends what `body` writes, `room` bytes at most.
    mutating func writeLine(room: Int, _ body: (inout HTTPHeadLine) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var line = HTTPHeadLine(memory)
            body(&line)
            return line.length
        }
    }
}
