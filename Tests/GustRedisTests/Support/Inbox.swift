#if Redis
import NIOCore

/// The messages of subscriptions, for which a test can wait.
struct Inbox: Sendable {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: String.self)
    }

    /// Takes a message, as a subscriber; it becomes the text `channel=payload`.
    @Sendable func receive(_ channel: ByteBuffer, _ payload: ByteBuffer) {
        continuation.yield(String(buffer: channel) + "=" + String(buffer: payload))
    }

    /// Waits for the next message.
    func next() async -> String? {
        for await message in stream { return message }
        return nil
    }

    /// Waits for this many messages.
    func next(_ count: Int) async -> [String] {
        var messages: [String] = []
        guard count > 0 else { return messages }
        for await message in stream {
            messages.append(message)
            if messages.count == count { break }
        }
        return messages
    }
}
#endif
