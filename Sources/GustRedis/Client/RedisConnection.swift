#if Redis
import Logging
import NIOCore

/// A connection to Redis that is made again when it is lost; executes the actions of a ``RedisConnectionStateMachine``.
///
/// `@unchecked Sendable`: the constants are Sendable; all variables are used on `eventLoop` only, which the methods check in debug builds.
final class RedisConnection: @unchecked Sendable {
    let purpose: RedisConnectionPurpose
    let settings: RedisSettings
    let eventLoop: any EventLoop

    private let connector: RedisConnector
    private let observers: RedisObservers
    private let log: RedisConnectionLog
    private var machine: RedisConnectionStateMachine
    // The user also refers to the connection, until `close()`. A weak reference would make each message slower.
    private var user: (any RedisConnectionUser)?
    private var channel: (any Channel)?
    /// The number of the attempt to connect; events of earlier channels are ignored.
    private var attempt = 0
    private var timer: Scheduled<Void>?
    private var wasUsed = false
    /// Commands that haven't been given to the channel.
    private var output = ByteBuffer()

    init(
        _ purpose: RedisConnectionPurpose,
        _ settings: RedisSettings,
        eventLoop: any EventLoop,
        connector: RedisConnector,
        observers: RedisObservers,
        logger: Logger
    ) {
        self.purpose = purpose
        self.settings = settings
        self.eventLoop = eventLoop
        self.connector = connector
        self.observers = observers
        log = RedisConnectionLog(purpose, settings, logger)
        machine = RedisConnectionStateMachine(settings)
    }

    /// Connects, unless this has been begun before.
    func start(for user: any RedisConnectionUser) {
        eventLoop.preconditionInEventLoop()
        self.user = user
        perform(machine.start())
    }

    /// Closes the connection and begins again, because of an error that its user has found.
    func fail(_ error: RedisError) {
        perform(machine.failed(error, random: .random(in: 0...1)))
    }

    /// Ends the connection; it can't be started again.
    func close() {
        perform(machine.close())
    }

    /// Appends a command to the output.
    func write(_ command: RedisCommand) {
        command.writeHeader(into: &output)
        if command.arguments.readableBytes < 16 << 10 {
            output.writeImmutableBuffer(command.arguments)
        } else {
            // A long command isn't copied.
            channel?.write(output, promise: nil)
            output = ByteBuffer()
            channel?.write(command.arguments, promise: nil)
        }
    }

    /// Gives the output to the channel, in one write.
    func flush() {
        guard output.readableBytes > 0 else {
            channel?.flush()
            return
        }
        channel?.writeAndFlush(output, promise: nil)
        output = ByteBuffer()
    }

    // MARK: Events of the handler

    func receive(_ value: RESPValue, attempt: Int) {
        guard attempt == self.attempt else { return }
        switch machine.receive(value, random: .random(in: 0...1)) {
        case .deliver(let value): user?.connectionReceived(value)
        case let action: perform(action)
        }
    }

    func readCompleted(attempt: Int) {
        guard attempt == self.attempt, machine.isUsed else { return }
        user?.connectionReadCompleted()
    }

    func channelEnded(_ error: RedisError, attempt: Int) {
        guard attempt == self.attempt else { return }
        perform(machine.failed(error, random: .random(in: 0...1)))
    }

    // MARK: Actions

    private func perform(_ action: RedisConnectionStateMachine.Action) {
        switch action {
        case .none: return
        case .connect: connect()
        case .send(let command):
            write(command)
            flush()
        case .use:
            timer?.cancel()
            log.connected()
            let isAgain = wasUsed
            wasUsed = true
            observers.notify(.connected(purpose))
            user?.connectionBegan(isAgain: isAgain)
        case .deliver(let value): user?.connectionReceived(value)
        case .pause(let pause, let error, let wasUsed):
            endChannel()
            timer = eventLoop.scheduleTask(in: pause) { self.perform(self.machine.pauseEnded()) }
            if wasUsed {
                log.lost(error)
                observers.notify(.lost(purpose, error))
                user?.connectionEnded(error)
            } else {
                log.refused(error)
                observers.notify(.refused(purpose, error))
                user?.connectionRefused(error)
            }
        case .end(let wasUsed):
            endChannel()
            if wasUsed { user?.connectionEnded(.closed) }
            user = nil
        }
    }

    private func connect() {
        attempt += 1
        let attempt = attempt
        let channel = connector.connect(eventLoop) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(RedisConnectionHandler(self, attempt: attempt))
            }
        }
        channel.hop(to: eventLoop).whenComplete { result in
            switch result {
            case .success(let channel) where attempt == self.attempt: self.use(channel)
            case .success(let channel): channel.close(promise: nil)
            case .failure(let error): self.channelEnded(.connecting(error), attempt: attempt)
            }
        }
    }

    private func use(_ channel: any Channel) {
        self.channel = channel
        timer = eventLoop.scheduleTask(in: TimeAmount(settings.connectTimeout)) {
            self.fail(.unreachable("the server accepts connections, but doesn't answer"))
        }
        perform(machine.connected())
    }

    /// Closes the channel, if there is one, and ignores what it does from now on.
    private func endChannel() {
        timer?.cancel()
        timer = nil
        attempt += 1
        output = ByteBuffer()
        let channel = channel
        self.channel = nil
        channel?.close(promise: nil)
    }
}
#endif
