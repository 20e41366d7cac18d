import GustWire
import NIOCore

/// The acknowledgements that a client owes to one socket, each with its deadline.
///
/// Belongs to the socket's loop.
struct PendingAcknowledgements {
    typealias Completion = @Sendable (Result<Arguments, SocketError>) -> Void

    private final class Entry {
        let completion: Completion
        let timer: TimerWheel.Timer
        let deadline: NIODeadline

        init(completion: @escaping Completion, timer: TimerWheel.Timer, deadline: NIODeadline) {
            self.completion = completion
            self.timer = timer
            self.deadline = deadline
        }
    }

    private var entries: [Int: Entry] = [:]
    private var nextID = 0

    /// How many are outstanding.
    var count: Int { entries.count }

    /// Waits for one more; returns the id to send.
    mutating func add(timeout: TimeAmount, of socket: Socket, _ completion: @escaping Completion) -> Int {
        let id = nextID
        nextID += 1
        let shard = socket.connection.shard
        // A cycle until the answer, the deadline or the socket's end; whichever it is takes the timer out.
        let timer = TimerWheel.Timer {
            socket.resolveAcknowledgement(id: id, .failure(.timedOut))
        }
        let entry = Entry(completion: completion, timer: timer, deadline: shard.eventLoop.now + timeout)
        entries[id] = entry
        shard.timers.arm(timer, at: entry.deadline)
        return id
    }

    /// Takes out the completion of one that was answered, or never will be; nil for an unknown id.
    ///
    /// The caller calls it, after this value is at rest again: a completion may well emit the next event.
    mutating func remove(_ id: Int, on connection: Connection) -> Completion? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        connection.shard.timers.disarm(entry.timer)
        return entry.completion
    }

    /// Takes out all completions, because the client is gone.
    mutating func removeAll(on connection: Connection) -> [Completion] {
        disarmAll(on: connection)
        defer { entries = [:] }
        return entries.values.map(\.completion)
    }

    /// Takes the deadlines off the loop that the connection leaves.
    func disarmAll(on connection: Connection) {
        for entry in entries.values { connection.shard.timers.disarm(entry.timer) }
    }

    /// Sets the deadlines on the loop that the connection came to.
    func armAll(on connection: Connection) {
        for entry in entries.values { connection.shard.timers.arm(entry.timer, at: entry.deadline) }
    }
}
