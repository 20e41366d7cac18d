import NIOCore

/// Puts a line of a head together in memory that was made large enough for it.
///
/// A `ByteBuffer` looks after its memory at each write; a line has many small parts.
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

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // Whoever made the memory has counted these very bytes; to write beyond it must never be possible all the same.
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
