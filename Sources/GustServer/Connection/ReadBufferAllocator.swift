import NIOCore

/// Chooses the size of a channel's read buffers, so that the channel keeps hardly any memory between two reads.
///
/// Sizes adapt from 256 bytes to 64 KiB to the lengths of the reads. The small reads of all channels of a loop use one buffer, which the
/// handlers give back to ``LoopContext``; a larger one is allocated for one read. SwiftNIO would keep each buffer with its channel and never
/// make it smaller, so that each idle connection would hold the largest one it has had.
///
/// A value has at most 24 bytes, because SwiftNIO would allocate memory for a larger one.
struct ReadBufferAllocator: RecvByteBufferAllocator {
    private static let smallest: Int32 = 256
    /// The size, in bytes, of the buffer that channels share.
    static let shared: Int32 = 512
    private static let largest: Int32 = 64 * 1_024
    /// SwiftNIO keeps the first buffer of a channel, so that one is as small as an allocation can be, and the first read is short.
    private static let first = 16

    private let loop: LoopContext
    private var size = Self.shared
    private var hasRead = false
    /// Whether the last read filled less than half of the size.
    private var wasShort = false

    init(_ loop: LoopContext) { self.loop = loop }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        guard hasRead else { return allocator.buffer(capacity: Self.first) }
        return size <= Self.shared ? loop.takeReadBuffer() : allocator.buffer(capacity: Int(size))
    }

    /// Nil, so that SwiftNIO doesn't ask for more memory in the buffer that it keeps.
    func nextBufferSize() -> Int? { nil }

    mutating func record(actualReadBytes count: Int) -> Bool {
        if hasRead { adapt(to: count) }
        hasRead = true
        // `true` keeps SwiftNIO from reading into the buffer that it keeps, because a larger one may be needed.
        return true
    }

    private mutating func adapt(to count: Int) {
        let isShort = count <= size / 2
        if count >= size {
            size = min(size * 2, Self.largest)
        } else if isShort, wasShort {
            size = max(size / 2, Self.smallest)
        }
        wasShort = isShort && !wasShort
    }
}
