import GustClient
import Testing

/// The reasons why a socket was disconnected.
final class Reasons: Sendable {
    private let reasons: AsyncStream<DisconnectReason>

    init(_ socket: ClientSocket) {
        let (reasons, continuation) = AsyncStream.makeStream(of: DisconnectReason.self)
        self.reasons = reasons
        socket.onDisconnect { continuation.yield($0) }
    }

    /// Waits for the next reason.
    func next() async throws -> DisconnectReason {
        let reason = try await Deadline.run("a disconnection") { [reasons] in
            var iterator = reasons.makeAsyncIterator()
            return await iterator.next()
        }
        return try #require(reason)
    }
}
