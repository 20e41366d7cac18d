import GustClient
import Synchronization
import Testing

/// The frames of a connection.
final class Frames: Sendable {
    private let frames = Mutex<[TracedFrame]>([])
    private let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    init() { (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func add(_ frame: TracedFrame) {
        frames.withLock { $0.append(frame) }
        change.yield()
    }

    /// How many frames satisfy a condition.
    func count(_ condition: (TracedFrame) -> Bool) -> Int { frames.withLock { $0.count(where: condition) } }

    /// Waits until the frames satisfy a condition.
    func wait(_ what: String, _ condition: @escaping @Sendable (Frames) -> Bool) async throws {
        try await Deadline.run(what) { [self] in
            for await _ in changes where condition(self) { return }
        }
        try #require(condition(self))
    }
}

extension TracedFrame {
    /// The text of the frame; nil for a binary message.
    var text: String? { isText ? String(buffer: bytes) : nil }
}
