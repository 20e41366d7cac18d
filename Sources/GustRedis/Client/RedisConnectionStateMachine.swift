#if Redis
import NIOCore

/// Decides without I/O when a connection is made, used, and made again.
///
/// Every event is allowed in every state; an event without a meaning in the present state changes nothing.
struct RedisConnectionStateMachine: Sendable {
    enum Action: Sendable {
        case none
        /// Make a channel; the result is reported with ``RedisConnectionStateMachine/connected()`` or
        /// ``RedisConnectionStateMachine/failed(_:random:)``.
        case connect
        /// Write a command of the handshake, and flush.
        case send(RedisCommand)
        /// The connection can be used; end the timer of the handshake.
        case use
        /// Give the reply to the user of the connection.
        case deliver(RESPValue)
        /// Close the channel if there is one, and report ``RedisConnectionStateMachine/pauseEnded()`` after the pause. `wasUsed` says that the
        /// user must be told of the loss.
        case pause(TimeAmount, RedisError, wasUsed: Bool)
        /// Close the channel if there is one, and end all timers.
        case end(wasUsed: Bool)
    }

    private enum State {
        case idle
        case connecting
        case handshaking(RedisHandshake)
        case used
        case pausing
        case over
    }

    private let settings: RedisSettings
    private var state = State.idle
    private var backOff: RedisBackOff

    init(_ settings: RedisSettings) {
        self.settings = settings
        backOff = RedisBackOff(minimum: settings.minimumBackOff, maximum: settings.maximumBackOff)
    }

    /// Whether commands can be written.
    var isUsed: Bool { if case .used = state { true } else { false } }

    /// The connection is needed.
    mutating func start() -> Action {
        guard case .idle = state else { return .none }
        state = .connecting
        return .connect
    }

    /// There is a channel.
    mutating func connected() -> Action {
        switch state {
        case .connecting:
            let handshake = RedisHandshake(settings)
            state = .handshaking(handshake)
            return .send(handshake.start())
        case .over: return .end(wasUsed: false)
        case .idle, .handshaking, .used, .pausing: return .none
        }
    }

    /// A reply has been received.
    mutating func receive(_ reply: RESPValue, random: Double) -> Action {
        switch state {
        case .used: return .deliver(reply)
        case .handshaking(var handshake):
            // A message, for example about a key that has changed, isn't a reply.
            if case .push = reply { return .none }
            switch handshake.receive(reply) {
            case .send(let command):
                state = .handshaking(handshake)
                return .send(command)
            case .finish:
                state = .used
                backOff.reset()
                return .use
            case .refuse(let error): return failed(error, random: random)
            }
        case .idle, .connecting, .pausing, .over: return .none
        }
    }

    /// No channel could be made, the channel was closed, the handshake took too long, or the server broke the protocol.
    mutating func failed(_ error: RedisError, random: Double) -> Action {
        let wasUsed = isUsed
        switch state {
        case .connecting, .handshaking, .used:
            state = .pausing
            return .pause(backOff.next(random: random), error, wasUsed: wasUsed)
        case .idle, .pausing, .over: return .none
        }
    }

    /// The pause is over.
    mutating func pauseEnded() -> Action {
        guard case .pausing = state else { return .none }
        state = .connecting
        return .connect
    }

    /// The connection isn't needed any more.
    mutating func close() -> Action {
        let wasUsed = isUsed
        state = .over
        return .end(wasUsed: wasUsed)
    }
}
#endif
