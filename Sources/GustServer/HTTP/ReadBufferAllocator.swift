import NIOCore

/// Chooses the size of a channel's read buffers, and lets the channel keep small ones only.
///
/// Sizes adapt from 256 bytes to 64 KiB, as `AdaptiveRecvByteBufferAllocator` does. A buffer larger than
/// ``largestKept`` is allocated for one read: SwiftNIO would keep it with the channel and never make it smaller, so
/// that each idle connection would hold it after one burst.
struct ReadBufferAllocator: RecvByteBufferAllocator {
    /// The largest buffer, in bytes, that a channel keeps between two reads.
    static let largestKept = 512

    private var adaptive = AdaptiveRecvByteBufferAllocator(minimum: 256, initial: largestKept, maximum: 65_536)

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        adaptive.buffer(allocator: allocator)
    }

    func nextBufferSize() -> Int? {
        // Without a size the pool allocates a buffer that it doesn't store.
        adaptive.nextBufferSize().flatMap { $0 <= Self.largestKept ? $0 : nil }
    }

    mutating func record(actualReadBytes: Int) -> Bool {
        let isGrowing = adaptive.record(actualReadBytes: actualReadBytes)
        // `true` keeps the pool from reading into its stored buffer, which is too small.
        return isGrowing || nextBufferSize() == nil
    }
}
