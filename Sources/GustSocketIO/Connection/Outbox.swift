import GustWire
import NIOCore

/// Frames that wait until the transport can send them, counted and bounded.
struct Outbox {
    private(set) var frames: [Frame] = []
    private(set) var byteCount = 0

    /// Whether there are no frames.
    var isEmpty: Bool { frames.isEmpty }

    /// Adds a frame at the end.
    mutating func append(_ frame: Frame) {
        frames.append(frame)
        byteCount += frame.byteCount
    }

    /// Puts frames back in front of all others.
    mutating func prepend(_ frames: [Frame]) {
        self.frames.insert(contentsOf: frames, at: 0)
        byteCount += frames.reduce(0) { $0 + $1.byteCount }
    }

    /// Takes out the oldest frames, at most `count`.
    mutating func removeFirst(_ count: Int) -> [Frame] {
        guard count < frames.count else {
            defer { self = Outbox() }
            return frames
        }
        let taken = Array(frames[..<count])
        frames.removeFirst(count)
        byteCount -= taken.reduce(0) { $0 + $1.byteCount }
        return taken
    }

    /// Drops the oldest frames until at most `packets` frames and `bytes` bytes are left; returns how many were dropped.
    mutating func dropOldest(packets: Int, bytes: Int) -> Int {
        var dropped = 0
        while dropped < frames.count, frames.count - dropped > packets || byteCount > bytes {
            byteCount -= frames[dropped].byteCount
            dropped += 1
        }
        frames.removeFirst(dropped)
        return dropped
    }
}

extension Frame {
    /// The frame's payload in bytes.
    var byteCount: Int {
        switch self {
        case .text(let bytes), .binary(let bytes): bytes.readableBytes
        }
    }
}
