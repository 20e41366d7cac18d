#if Redis
import NIOCore

/// The commands of a client, on their connection; executes the actions of a ``RedisPipelineStateMachine``.
///
/// `@unchecked Sendable`: `inbox` and the other constants are Sendable or used on `eventLoop` only, as are all variables; ``send(_:)`` is the
/// only method for other threads, and uses `inbox` only.
final class RedisPipeline: RedisConnectionUser, @unchecked Sendable {
    /// Deadlines are checked no more often than this.
    private static let resolution = TimeAmount.milliseconds(20)

    let inbox: RedisInbox

    private let connection: RedisConnection
    private let eventLoop: any EventLoop
    private var machine: RedisPipelineStateMachine<RedisInbox.Completion?>
    private var timer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture
    /// The size of commands that have got their reply in this read.
    private var released = 0
    private var isClosing = false
    private var closing: EventLoopPromise<Void>?

    init(_ connection: RedisConnection) {
        self.connection = connection
        eventLoop = connection.eventLoop
        inbox = RedisInbox(maximumPendingBytes: connection.settings.maximumPendingBytes)
        machine = RedisPipelineStateMachine(grace: TimeAmount(connection.settings.commandTimeout))
    }

    /// Sends a command, from any thread.
    func send(_ item: RedisInbox.Item) {
        switch inbox.add(item) {
        case .wait: return
        case .schedule: eventLoop.execute { self.drain() }
        case .refuse(let error): item.completion?(.failure(error))
        }
    }

    /// Connects if no command has been sent yet.
    func start() { connection.start(for: self) }

    /// Writes all commands that have been sent, with one flush.
    private func drain() {
        let now = eventLoop.now
        var mustFlush = false
        var earliest = NIODeadline.distantFuture
        for item in inbox.takeAll() {
            let deadline = now + item.timeout
            let action = machine.send(
                item.command,
                item.completion,
                size: item.size,
                deadline: deadline,
                needsConnection: item.needsConnection
            )
            switch action {
            case .write:
                connection.write(item.command)
                mustFlush = true
                earliest = min(earliest, deadline)
            case .none: earliest = min(earliest, deadline)
            case .fail(let completion, let error):
                inbox.release(item.size)
                completion?(.failure(error))
            }
        }
        if mustFlush { connection.flush() }
        if earliest < timerDeadline { setTimer(earliest) }
        if !machine.isEmpty { connection.start(for: self) }
    }

    // MARK: Events of the connection

    func connectionBegan(isAgain: Bool) {
        let commands = machine.connected(now: eventLoop.now)
        guard !commands.isEmpty else { return }
        for command in commands { connection.write(command) }
        connection.flush()
    }

    func connectionReceived(_ value: RESPValue) {
        // A push message isn't a reply; commands that a user of this connection sends don't cause any.
        if case .push = value { return }
        switch machine.receive(now: eventLoop.now) {
        case .complete(let completion, let size):
            released += size
            guard let completion else { return }
            if case .error(let text) = value {
                completion(.failure(RedisError(server: text)))
            } else {
                completion(.success(value))
            }
        case .drop(let size): released += size
        case .violation: connection.fail(.malformedReply("there is a reply without a command"))
        }
    }

    func connectionReadCompleted() {
        inbox.release(released)
        released = 0
        endIfDone()
    }

    func connectionEnded(_ error: RedisError) {
        let (failed, size) = machine.lost()
        inbox.release(size + released)
        released = 0
        let error: RedisError =
            switch error {
            case .connectionLost, .malformedReply, .closed: error
            default: .connectionLost(error.description)
            }
        for completion in failed { completion?(.failure(error)) }
        endIfDone()
    }

    func connectionRefused(_ error: RedisError) {
        machine.refused(error)
    }

    // MARK: Deadlines

    private func setTimer(_ deadline: NIODeadline) {
        timer?.cancel()
        timerDeadline = deadline
        timer = eventLoop.scheduleTask(deadline: deadline) { self.expire() }
    }

    private func expire() {
        timerDeadline = .distantFuture
        let now = eventLoop.now
        let expiry = machine.expire(now: now)
        inbox.release(expiry.size)
        for (completion, error) in expiry.failed { completion?(.failure(error)) }
        if expiry.isDead { connection.fail(.connectionLost("the server has been silent for too long")) }
        if let next = machine.nextExpiry { setTimer(max(next, now + RedisPipeline.resolution)) }
        endIfDone()
    }

    // MARK: The end

    /// Ends the connection after the replies to all commands that have been written, or after their deadlines.
    func close(_ promise: EventLoopPromise<Void>?) {
        inbox.close()
        drain()
        let (failed, size) = machine.close()
        inbox.release(size)
        for completion in failed { completion?(.failure(.closed)) }
        isClosing = true
        if let closing {
            closing.futureResult.cascade(to: promise)
        } else {
            closing = promise
        }
        endIfDone()
    }

    private func endIfDone() {
        guard isClosing, machine.isEmpty else { return }
        timer?.cancel()
        connection.close()
        defer { closing = nil }
        closing?.succeed()
    }
}
#endif
