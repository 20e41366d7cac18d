import GustClient
import Synchronization
import Testing

/// The events of one name that a socket has received.
final class Inbox: Sendable {
    private let events: AsyncStream<SocketEvent>
    private let count = Mutex(0)

    init(_ socket: ClientSocket, of name: String) {
        let (events, continuation) = AsyncStream.makeStream(of: SocketEvent.self)
        self.events = events
        socket.on(name) { [self] (event: SocketEvent) in
            count.withLock { $0 += 1 }
            continuation.yield(event)
        }
    }

    /// Whether nothing is there that wasn't taken.
    var isEmpty: Bool { count.withLock { $0 == 0 } }

    /// Waits for the next event.
    func next() async throws -> SocketEvent {
        let event = try await Deadline.run("an event") { [events] in
            var iterator = events.makeAsyncIterator()
            return await iterator.next()
        }
        count.withLock { $0 -= 1 }
        return try #require(event)
    }
}
