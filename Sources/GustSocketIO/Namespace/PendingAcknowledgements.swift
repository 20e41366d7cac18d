import CoreMetrics
import GustAdapter
import GustWire
import NIOCore

/// The outstanding acknowledgements of one socket's events, each with its deadline.
///
/// Used on the socket's loop only.
struct PendingAcknowledgements {
    typealias Completion = @Sendable (Result<Arguments, SocketError>) -> Void

    /// The time of an event, and the timer of its acknowledgement.
    private struct Measure {
        let timer: CoreMetrics.Timer
        let start: NIODeadline
    }

    private final class Entry {
        let completion: Completion
        let timer: TimerWheel.Timer
        let deadline: NIODeadline
        /// Records how long the acknowledgement took; nil if there are no metrics.
        let measure: Measure?

        init(
            completion: @escaping Completion,
            timer: TimerWheel.Timer,
            deadline: NIODeadline,
            measure: Measure?
        ) {
            self.completion = completion
            self.timer = timer
            self.deadline = deadline
            self.measure = measure
        }
    }

    private var entries: [Int: Entry] = [:]
    private var nextID = 0

    /// The number of outstanding acknowledgements.
    var count: Int { entries.count }

    /// Adds an outstanding acknowledgement and returns the id for the packet.
    mutating func add(
        of event: String,
        timeout: TimeAmount,
        of socket: Socket,
        _ completion: @escaping Completion
    ) -> Int {
        let id = nextID
        nextID += 1
        add(id: id, of: event, timeout: timeout, of: socket, completion)
        return id
    }

    /// Adds an outstanding acknowledgement with an id that no other one of the socket has.
    mutating func add(
        id: Int,
        of event: String,
        timeout: TimeAmount,
        of socket: Socket,
        _ completion: @escaping Completion
    ) {
        let shard = socket.connection.shard
        // The timer retains the socket, and the socket the timer. The acknowledgement, the deadline or the end of the
        // socket removes the entry and so breaks this reference cycle.
        let timer = TimerWheel.Timer {
            socket.resolveAcknowledgement(id: id, .failure(.timedOut))
        }
        let now = shard.eventLoop.now
        let entry = Entry(
            completion: completion,
            timer: timer,
            deadline: now + timeout,
            measure: socket.acknowledgementTimer(of: event).map { Measure(timer: $0, start: now) }
        )
        entries[id] = entry
        shard.timers.arm(timer, at: entry.deadline)
    }

    /// Removes an acknowledgement that has arrived or timed out, and returns its completion; nil for an unknown id.
    ///
    /// The caller calls the completion after this method has returned, because a completion may emit an event, which
    /// modifies this value.
    mutating func remove(_ id: Int, on connection: Connection, isReceived: Bool) -> Completion? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        if isReceived, let measure = entry.measure {
            measure.timer.recordNanoseconds((connection.shard.eventLoop.now - measure.start).nanoseconds)
        }
        connection.shard.timers.disarm(entry.timer)
        return entry.completion
    }

    /// Removes all acknowledgements, because the socket is disconnected, and returns their completions.
    mutating func removeAll(on connection: Connection) -> [Completion] {
        disarmAll(on: connection)
        defer { entries = [:] }
        return entries.values.map(\.completion)
    }

    /// Removes the deadlines from the loop that the connection leaves.
    func disarmAll(on connection: Connection) {
        for entry in entries.values { connection.shard.timers.disarm(entry.timer) }
    }

    /// Adds the deadlines to the loop to which the connection has moved.
    func armAll(on connection: Connection) {
        for entry in entries.values { connection.shard.timers.arm(entry.timer, at: entry.deadline) }
    }
}
