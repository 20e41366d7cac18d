import GustFraming
import GustHTTP
import NIOCore

/// Memory for the frames of one burst of a WebSocket, one behind the other.
///
/// A `ByteBuffer` checks at each write whether somebody else refers to its bytes or uses them, which costs more than a short frame. This value
/// can't be copied, so nobody else does: it has the only pointer to its memory, which it frees at its end, and lends it for the duration of a
/// call only. Each access is inside of ``capacity`` bytes, and what is read was written before.
struct FrameBuffer: ~Copyable {
    /// nil without memory.
    private var memory: UnsafeMutableRawPointer?
    /// The length of the memory in bytes.
    private(set) var capacity: Int
    /// How many bytes were written.
    private(set) var count: Int

    /// Makes a buffer without memory.
    init() {
        memory = nil
        capacity = 0
        count = 0
    }

    /// Makes an empty buffer with memory for `capacity` bytes.
    init(capacity: Int) {
        memory = .allocate(byteCount: capacity, alignment: 16)
        self.capacity = capacity
        count = 0
    }

    deinit { memory?.deallocate() }

    /// Whether there is no memory yet.
    var isUnused: Bool { memory == nil }

    /// Hands over the bytes and the memory; this buffer has none then.
    mutating func take() -> FrameBuffer {
        var taken = FrameBuffer()
        swap(&self, &taken)
        return taken
    }

    /// Forgets the bytes, and keeps the memory.
    mutating func clear() { count = 0 }

    /// Calls `body` with the bytes that were written.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// A copy of the bytes from `start` on.
    func bytes(from start: Int) -> ByteBuffer {
        withUnsafeBytes { ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Calls `write` with `room` bytes behind those that were written; it returns how many of them it has stored.
    @inline(__always)
    private mutating func append(room: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) {
        if capacity - count < room { grow(by: room) }
        guard let memory else { return }
        let length = write(UnsafeMutableRawBufferPointer(start: memory + count, count: room))
        precondition(length <= room, "more bytes were written than there is room for")
        count += length
    }

    @inline(never)
    private mutating func grow(by room: Int) {
        var larger = FrameBuffer(capacity: max(2 * capacity, count + room))
        UnsafeMutableRawBufferPointer(start: larger.memory, count: count)
            .copyMemory(from: UnsafeRawBufferPointer(start: memory, count: count))
        larger.count = count
        self = larger
    }

    /// Appends a whole frame.
    mutating func append(frame: ByteBuffer) {
        append(room: frame.readableBytes) { output in
            frame.withUnsafeReadableBytes { output.copyMemory(from: $0) }
            return frame.readableBytes
        }
    }

    /// Appends a frame of a server with a copy of the payload.
    mutating func append(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        append(kind, length: payload.readableBytes) { target in
            payload.withUnsafeReadableBytes { target.copyMemory(from: $0) }
        }
    }

    /// Appends a frame of a server, whose payload `write` stores in the given bytes, all of them.
    mutating func append(_ kind: WebSocketOutput, length: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) {
        append(room: PreparedMessage.longestHeader + length) { output in
            let start = RFC6455Framing.writeHeader(of: kind, payloadLength: length, to: output)
            write(UnsafeMutableRawBufferPointer(rebasing: output[start..<(start + length)]))
            return start + length
        }
    }

    /// Appends the header of a frame of a server, whose payload is written separately.
    mutating func append(headerOf kind: WebSocketOutput, payloadLength: Int) {
        append(room: PreparedMessage.longestHeader) { output in
            RFC6455Framing.writeHeader(of: kind, payloadLength: payloadLength, to: output)
        }
    }
}
