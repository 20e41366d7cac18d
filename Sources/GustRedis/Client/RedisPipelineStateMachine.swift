#if Redis
import NIOCore

/// Decides without I/O which commands are written, which wait for a connection, and to which command a reply belongs.
///
/// A ticket stands for what is done with the reply of a command. A command that has been written is never written again.
struct RedisPipelineStateMachine<Ticket> {
    /// A command whose reply is awaited.
    private struct Sent {
        /// Nil after the deadline: the reply is dropped then.
        var ticket: Ticket?
        let deadline: NIODeadline
        let size: Int
    }

    /// A command that waits for a connection.
    private struct Waiting {
        let command: RedisCommand
        let ticket: Ticket
        let deadline: NIODeadline
        let size: Int
    }

    enum SendAction {
        /// Write the command.
        case write
        /// The command waits.
        case none
        case fail(Ticket, RedisError)
    }

    enum ReceiveAction {
        /// Give the reply to the ticket; the size is free again.
        case complete(Ticket, size: Int)
        /// The reply came after its deadline.
        case drop(size: Int)
        /// There was no command: close the connection.
        case violation
    }

    /// What to do after some time.
    struct Expiry {
        /// These commands fail with the error.
        var failed: [(Ticket, RedisError)] = []
        /// The size of commands that weren't written.
        var size = 0
        /// The server has been silent for too long: close the connection.
        var isDead = false
    }

    /// How long after its deadline a reply may come, before a silent connection is closed.
    private let grace: TimeAmount
    private var sent = CircularBuffer<Sent>()
    private var waiting = CircularBuffer<Waiting>()
    /// Whether deadlines only grow in both queues, as they do if all commands may take the same time: then only the first ones are looked at.
    private var isOrdered = true
    private var lastDeadline = NIODeadline.uptimeNanoseconds(0)
    /// How many of the first commands in `sent` are past their deadline; counted while the deadlines are ordered.
    private var expiredCount = 0
    private var isConnected = false
    private var isClosing = false
    private var lastReply = NIODeadline.uptimeNanoseconds(0)
    /// Why there is no connection.
    private var refusal: RedisError?

    init(grace: TimeAmount) {
        self.grace = grace
    }

    /// Whether no command waits, in either queue.
    var isEmpty: Bool { sent.isEmpty && waiting.isEmpty }

    /// Takes a command; one that needs the present connection doesn't wait for the next one.
    mutating func send(
        _ command: RedisCommand,
        _ ticket: Ticket,
        size: Int,
        deadline: NIODeadline,
        needsConnection: Bool = false
    ) -> SendAction {
        guard !isClosing else { return .fail(ticket, .closed) }
        guard isConnected || !needsConnection else { return .fail(ticket, .connectionLost("there is no connection")) }
        if isEmpty { (isOrdered, expiredCount) = (true, 0) } else if deadline < lastDeadline { isOrdered = false }
        lastDeadline = deadline
        if isConnected {
            sent.append(Sent(ticket: ticket, deadline: deadline, size: size))
            return .write
        }
        waiting.append(Waiting(command: command, ticket: ticket, deadline: deadline, size: size))
        return .none
    }

    /// There is a connection.
    ///
    /// Returns the commands to write.
    mutating func connected(now: NIODeadline) -> [RedisCommand] {
        isConnected = true
        refusal = nil
        lastReply = now
        var commands: [RedisCommand] = []
        commands.reserveCapacity(waiting.count)
        while let next = waiting.popFirst() {
            sent.append(Sent(ticket: next.ticket, deadline: next.deadline, size: next.size))
            commands.append(next.command)
        }
        return commands
    }

    /// A reply has been received.
    mutating func receive(now: NIODeadline) -> ReceiveAction {
        lastReply = now
        guard let first = sent.popFirst() else { return .violation }
        expiredCount = max(0, expiredCount - 1)
        guard let ticket = first.ticket else { return .drop(size: first.size) }
        return .complete(ticket, size: first.size)
    }

    /// The connection was lost.
    ///
    /// Returns the tickets of the commands that fail, and the size of all commands that had been written.
    mutating func lost() -> (failed: [Ticket], size: Int) {
        isConnected = false
        let failed = sent.compactMap(\.ticket)
        let size = sent.reduce(0) { $0 + $1.size }
        sent.removeAll(keepingCapacity: false)
        expiredCount = 0
        return (failed, size)
    }

    /// There is no connection for this reason, which commands get that wait in vain.
    mutating func refused(_ error: RedisError) {
        refusal = error
    }

    /// Ends the commands whose deadline has passed.
    mutating func expire(now: NIODeadline) -> Expiry {
        var expiry = Expiry()
        guard !isOrdered else {
            expireFirst(now, &expiry)
            expiry.isDead = death.map { $0 <= now } ?? false
            return expiry
        }
        for index in sent.indices where sent[index].deadline <= now {
            guard let ticket = sent[index].ticket else { continue }
            sent[index].ticket = nil
            expiry.failed.append((ticket, .timedOut))
        }
        if waiting.contains(where: { $0.deadline <= now }) {
            for next in waiting where next.deadline <= now {
                expiry.failed.append((next.ticket, refusal ?? .timedOut))
                expiry.size += next.size
            }
            waiting.removeAll { $0.deadline <= now }
        }
        expiry.isDead = death.map { $0 <= now } ?? false
        return expiry
    }

    /// Ends the commands whose deadline has passed, which are the first ones.
    private mutating func expireFirst(_ now: NIODeadline, _ expiry: inout Expiry) {
        while expiredCount < sent.count {
            let index = sent.index(sent.startIndex, offsetBy: expiredCount)
            guard sent[index].deadline <= now else { break }
            if let ticket = sent[index].ticket { expiry.failed.append((ticket, .timedOut)) }
            sent[index].ticket = nil
            expiredCount += 1
        }
        while let next = waiting.first, next.deadline <= now {
            waiting.removeFirst()
            expiry.failed.append((next.ticket, refusal ?? .timedOut))
            expiry.size += next.size
        }
    }

    /// When ``expire(now:)`` must be called; nil if nothing waits.
    var nextExpiry: NIODeadline? {
        var next = death
        if isOrdered {
            if expiredCount < sent.count {
                let deadline = sent[sent.index(sent.startIndex, offsetBy: expiredCount)].deadline
                next = min(next ?? deadline, deadline)
            }
            if let deadline = waiting.first?.deadline { next = min(next ?? deadline, deadline) }
            return next
        }
        for command in sent where command.ticket != nil { next = min(next ?? command.deadline, command.deadline) }
        for command in waiting { next = min(next ?? command.deadline, command.deadline) }
        return next
    }

    /// When the connection is dead, if no reply comes before.
    private var death: NIODeadline? {
        sent.first.map { max($0.deadline, lastReply) + grace }
    }

    /// Refuses further commands.
    ///
    /// Returns the commands that can't be written any more, and their size.
    mutating func close() -> (failed: [Ticket], size: Int) {
        isClosing = true
        let failed = waiting.map(\.ticket)
        let size = waiting.reduce(0) { $0 + $1.size }
        waiting.removeAll(keepingCapacity: false)
        return (failed, size)
    }
}
#endif
