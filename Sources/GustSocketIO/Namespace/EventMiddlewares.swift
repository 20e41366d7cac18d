import NIOCore

/// The packet middleware of one socket, and the events that wait until an earlier event has passed it.
///
/// Belongs to the socket's loop.
final class EventMiddlewares {
    /// One closure.
    enum Middleware {
        case immediate(@Sendable (inout ReceivedEvent) throws -> Void)
        case suspending(@Sendable (inout ReceivedEvent) async throws -> Void)
    }

    /// The closures, in the order of registration.
    var list = HandlerList<Middleware>()
    /// Whether an event has entered the middleware and hasn't left it.
    private(set) var isOccupied = false
    private var isDraining = false
    private var waiting = CircularBuffer<IncomingEvent>(initialCapacity: 0)

    /// Whether the middleware can be removed: it has no closures, and no event is in it.
    var isRemovable: Bool { list.isEmpty && !isOccupied && !isDraining && waiting.isEmpty }

    /// The number of events that wait.
    var waitingCount: Int { waiting.count }

    /// Marks the middleware as occupied by an event; false if the event must wait.
    func enter() -> Bool {
        guard !isOccupied, !isDraining else { return false }
        isOccupied = true
        return true
    }

    /// Keeps an event until the earlier events have left.
    func wait(_ event: IncomingEvent) { waiting.append(event) }

    /// Marks that an event has left, and calls `body` with the events that wait, one after the other, until one suspends.
    func leave(_ body: (IncomingEvent) -> Void) {
        isOccupied = false
        // An async closure may finish without having suspended, while `body` is running: the loop below goes on then.
        guard !isDraining else { return }
        isDraining = true
        while !isOccupied, let next = waiting.popFirst() {
            isOccupied = true
            body(next)
        }
        isDraining = false
    }

    /// Removes the events that wait, because the socket is disconnected, and returns how many they were.
    func removeWaiting() -> Int {
        defer { waiting = CircularBuffer(initialCapacity: 0) }
        return waiting.count
    }
}
