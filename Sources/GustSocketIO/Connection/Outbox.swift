import GustWire
import NIOCore

/// Frames that wait until the transport can send them, counted and bounded.
struct Outbox {
    /// What is recorded of a frame if frames are marked; an attachment has the mark of its packet, with `isFirst` false.
    struct Mark {
        /// Whether the frame is the first one of its packet.
        var isFirst = true
        /// Whether the packet may be dropped: an event or a message without an acknowledgement.
        var isDroppable = false
        /// The key under which a later packet replaces this one.
        var latestKey: LatestKey?
        /// Whether the packet may be compressed.
        var isCompressed = true
        /// The caller that waits until the packet has been sent.
        var waiter: FlushWaiter?
    }

    /// Packets that were removed from the middle of the outbox.
    struct Removal {
        /// The indices that the frames had, ascending.
        fileprivate(set) var indices: [Int] = []
        /// How many packets the frames belonged to.
        fileprivate(set) var packets = 0
        /// The callers that waited for the packets.
        fileprivate(set) var waiters: [FlushWaiter] = []

        /// The position that `position`, a number of frames from the front, has after the removal.
        func adjusted(_ position: Int) -> Int { position - indices.count { $0 < position } }
    }

    private(set) var frames: [Frame] = []
    private(set) var byteCount = 0
    /// How many frames have been taken out, less those that were put back.
    private(set) var departed = 0
    /// Whether frames are marked; most outboxes never need marks.
    private(set) var isMarked: Bool
    /// The marks of `frames`, in the same order; empty unless frames are marked.
    private var marks: [Mark] = []
    /// The marks of the frames that were taken out last, in case these frames are put back.
    private(set) var takenMarks: [Mark] = []

    init(isMarked: Bool = false) {
        self.isMarked = isMarked
    }

    /// Whether there are no frames.
    var isEmpty: Bool { frames.isEmpty }

    /// The number of frames that will have been taken out when all present frames have left.
    var end: Int { departed + frames.count }

    /// Adds a frame at the end.
    mutating func append(_ frame: Frame) {
        frames.append(frame)
        byteCount += frame.byteCount
        if isMarked { marks.append(Mark()) }
    }

    /// Adds the frames of a packet at the end.
    mutating func append(_ added: [Frame]) {
        // Nearly all outboxes have one packet, whose array is kept, instead of a copy.
        if frames.isEmpty { frames = added } else { frames += added }
        for frame in added { byteCount += frame.byteCount }
        if isMarked { marks += repeatElement(Mark(), count: added.count) }
    }

    /// Marks the last `count` frames, which are those of one packet.
    mutating func markLast(_ count: Int, _ mark: Mark) {
        if !isMarked {
            isMarked = true
            marks = Array(repeating: Mark(), count: frames.count)
        }
        var mark = mark
        for index in (frames.count - count)..<frames.count {
            marks[index] = mark
            mark.isFirst = false
        }
    }

    /// Puts frames that were taken out back in front of all others.
    ///
    /// - Parameters:
    ///   - returned: the frames.
    ///   - keepsMarks: whether they were taken out last, so that their marks are known.
    mutating func prepend(_ returned: [Frame], keepsMarks: Bool = true) {
        departed -= returned.count
        frames.insert(contentsOf: returned, at: 0)
        byteCount += returned.reduce(0) { $0 + $1.byteCount }
        guard isMarked else { return }
        let known = keepsMarks && takenMarks.count == returned.count
        marks.insert(contentsOf: known ? takenMarks : returned.map { _ in Mark() }, at: 0)
        if keepsMarks { takenMarks = [] }
    }

    /// Takes out the oldest frames, at most `count`.
    mutating func removeFirst(_ count: Int) -> [Frame] {
        guard count < frames.count else {
            defer {
                frames = []
                byteCount = 0
            }
            departed += frames.count
            if isMarked {
                takenMarks = marks
                marks = []
            }
            return frames
        }
        let taken = Array(frames[..<count])
        frames.removeFirst(count)
        byteCount -= taken.reduce(0) { $0 + $1.byteCount }
        departed += count
        if isMarked {
            takenMarks = Array(marks[..<count])
            marks.removeFirst(count)
        }
        return taken
    }

    /// Drops the oldest packets that may be dropped, until at most `packets` frames and `bytes` bytes are left or only other packets are.
    mutating func dropOldest(packets: Int, bytes: Int) -> Removal {
        var count = frames.count
        var length = byteCount
        return removePackets { mark, size in
            guard mark.isDroppable, count > packets || length > bytes else { return false }
            count -= size.frames
            length -= size.bytes
            return true
        }
    }

    /// Removes the packets with this key.
    mutating func remove(_ key: LatestKey) -> Removal { removePackets { mark, _ in mark.latestKey == key } }

    /// Removes the packets with keys that later packets have too; needed after frames were put back.
    mutating func removeReplaced() -> Removal {
        var counts: [LatestKey: Int] = [:]
        for mark in marks where mark.isFirst { if let key = mark.latestKey { counts[key, default: 0] += 1 } }
        return removePackets { mark, _ in
            guard let key = mark.latestKey, let count = counts[key], count > 1 else { return false }
            counts[key] = count - 1
            return true
        }
    }

    private mutating func removePackets(_ isRemoved: (Mark, (frames: Int, bytes: Int)) -> Bool) -> Removal {
        var removal = Removal()
        var index = 0
        while index < marks.count {
            var end = index + 1
            while end < marks.count, !marks[end].isFirst { end += 1 }
            let bytes = frames[index..<end].reduce(0) { $0 + $1.byteCount }
            if isRemoved(marks[index], (frames: end - index, bytes: bytes)) {
                removal.indices += index..<end
                removal.packets += 1
                if let waiter = marks[index].waiter { removal.waiters.append(waiter) }
                byteCount -= bytes
            }
            index = end
        }
        for index in removal.indices.reversed() {
            frames.remove(at: index)
            marks.remove(at: index)
        }
        return removal
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
