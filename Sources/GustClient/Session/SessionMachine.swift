import GustWire

/// The life of a client's connection as a value without I/O: attempts, handshake, upgrade, end and back-off.
///
/// Each input returns the effects that its caller carries out, in order. An input that doesn't fit the state has no effect: it was
/// on its way when the state changed.
///
/// ```
/// idle ─▶ preparing ─▶ opening ─▶ open ─▶ waiting ─▶ preparing …
///   ▲         └──────────┴──────────┴────────┘
///   └── closed
/// ```
struct SessionMachine {
    /// What the caller does.
    enum Action: Equatable {
        /// Ask the program for the credentials of the next attempt.
        case askCredentials
        /// Open a transport; the first packet is awaited.
        case openLink
        /// Call ``deadlinePassed()`` after the time, unless it is disarmed before.
        case armDeadline(Duration)
        case disarmDeadline
        /// Watch the heartbeat of an open connection.
        case beginHeartbeat
        case endHeartbeat
        /// Let each socket join its namespace.
        case joinSockets
        /// The sockets have lost their connection.
        case disconnectSockets(ClientError)
        /// Open a WebSocket beside the polls, and send the probe when it is open.
        case openProbe
        /// Finish the polls that are on their way, and send no further ones.
        case pausePolling
        /// Send the upgrade packet over the WebSocket, which is the transport from now on.
        case switchToProbe
        /// Cut the WebSocket of an upgrade that failed, and go on polling.
        case dropProbe
        /// Cut the transport.
        case dropLink
        /// End the transport as the protocol says.
        case closeLink
        /// Call ``retryDue()`` after the time.
        case armRetry(Duration)
        case disarmRetry
        /// Tell the observers.
        case tell(ClientState)
        /// Tell the sockets that nothing follows.
        case giveUp(ClientError)
    }

    /// How far the upgrade of an open connection is.
    enum Upgrade: Equatable {
        case none, opening, probing, pausing
    }

    private enum State {
        case idle
        case preparing
        case opening
        case open(Upgrade)
        case waiting
        case closed
    }

    private let settings: ReconnectionSettings
    private let times: (connect: Duration, upgrade: Duration)
    private let upgrades: Bool
    private let transport: String
    private let random: @Sendable () -> Double
    private var state = State.idle
    /// How many attempts have begun since the last connection that let a socket in.
    private var attempts = 0
    /// How often the client has begun to wait for another attempt since then.
    private var reconnections = 0

    /// Makes the machine of a client.
    ///
    /// - Parameters:
    ///   - settings: whether and when the client connects again.
    ///   - connectTimeout: how long an attempt may take.
    ///   - upgradeTimeout: how long an upgrade may take.
    ///   - upgrades: whether the client upgrades polling to a WebSocket.
    ///   - transport: the name of the transport with which a connection begins.
    ///   - random: a number from 0 to 1, for the jitter of delays.
    init(
        _ settings: ReconnectionSettings,
        connectTimeout: Duration,
        upgradeTimeout: Duration,
        upgrades: Bool,
        transport: String,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.settings = settings
        times = (connectTimeout, upgradeTimeout)
        self.upgrades = upgrades
        self.transport = transport
        self.random = random
    }

    /// Whether a connection is open.
    var isOpen: Bool { if case .open = state { true } else { false } }

    /// Whether the credentials of an attempt are awaited.
    var isPreparing: Bool { if case .preparing = state { true } else { false } }

    /// Whether no connection is open and none is being opened.
    var isIdle: Bool { if case .idle = state { true } else { false } }

    /// Whether the client was closed by the program, for good.
    var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Whether frames are held back because the transport is being changed.
    var isSwitching: Bool { if case .open(.pausing) = state { true } else { false } }

    // MARK: The program

    /// A socket wants to be connected.
    mutating func connect() -> [Action] {
        guard case .idle = state else { return [] }
        beginCounting()
        return prepare()
    }

    /// No socket wants to be connected any more; or, if `isFinal`, the program has closed the client.
    mutating func disconnect(isFinal: Bool) -> [Action] {
        if case .closed = state { return [] }
        defer { state = isFinal ? .closed : .idle }
        let told = Action.tell(isFinal ? .closed(.closed) : .idle)
        switch state {
        case .idle: return isFinal ? [told] : []
        case .closed: return []
        case .preparing: return [.disarmDeadline, told]
        case .opening: return [.disarmDeadline, .dropLink, told]
        case .waiting: return [.disarmRetry, told]
        case .open(let upgrade):
            let probe: [Action] = upgrade == .none ? [] : [.disarmDeadline, .dropProbe]
            return probe + [.endHeartbeat, .closeLink, .disconnectSockets(.closed), told]
        }
    }

    // MARK: The attempt

    /// The program has given the credentials.
    mutating func prepared() -> [Action] {
        guard case .preparing = state else { return [] }
        state = .opening
        return [.openLink]
    }

    /// The first packet was received.
    mutating func greeted(_ handshake: Handshake) -> [Action] {
        guard case .opening = state else { return [] }
        let begins = upgrades && handshake.upgrades.contains { $0.utf8.elementsEqual("websocket".utf8) }
        state = .open(begins ? .opening : .none)
        var actions: [Action] = [
            .disarmDeadline, .beginHeartbeat, .tell(.connected(transport: transport)), .joinSockets,
        ]
        if begins { actions += [.openProbe, .armDeadline(times.upgrade)] }
        return actions
    }

    /// The server has let a socket in.
    ///
    /// Only that ends the back-off: a server that greets and hangs up would be asked again and again after the shortest delay.
    mutating func joined() {
        if case .open = state { beginCounting() }
    }

    /// The attempt or the connection has failed.
    mutating func failed(_ error: ClientError) -> [Action] {
        switch state {
        case .idle, .closed, .waiting: return []
        case .preparing: return [.disarmDeadline] + retry(error)
        case .opening: return [.disarmDeadline, .dropLink] + retry(error)
        case .open(let upgrade):
            let probe: [Action] = upgrade == .none ? [] : [.disarmDeadline, .dropProbe]
            return probe + [.endHeartbeat, .dropLink, .disconnectSockets(error)] + retry(error)
        }
    }

    /// The time of ``Action/armDeadline(_:)`` has passed.
    mutating func deadlinePassed() -> [Action] {
        switch state {
        case .preparing, .opening: failed(.timedOut("the attempt to connect"))
        case .open(.pausing): failed(.timedOut("the end of the last poll before the upgrade"))
        case .open: probeFailed()
        default: []
        }
    }

    /// The delay before the next attempt has passed.
    mutating func retryDue() -> [Action] {
        guard case .waiting = state else { return [] }
        return prepare()
    }

    // MARK: The upgrade

    /// The WebSocket of the upgrade is open, and the probe is being sent.
    mutating func probeOpened() {
        if case .open(.opening) = state { state = .open(.probing) }
    }

    /// The server has answered the probe.
    mutating func probeAnswered() -> [Action] {
        guard case .open(.probing) = state else { return [] }
        state = .open(.pausing)
        return [.pausePolling]
    }

    /// The last poll has ended.
    mutating func pollingPaused() -> [Action] {
        guard case .open(.pausing) = state else { return [] }
        state = .open(.none)
        return [.disarmDeadline, .switchToProbe, .tell(.connected(transport: "websocket"))]
    }

    /// The WebSocket of the upgrade has failed; while the polls are being finished, that is the end of the connection.
    mutating func probeFailed() -> [Action] {
        switch state {
        case .open(.opening), .open(.probing):
            state = .open(.none)
            return [.disarmDeadline, .dropProbe]
        case .open(.pausing):
            return failed(.transportClosed)
        default: return []
        }
    }

    // MARK: Inside

    private mutating func beginCounting() {
        attempts = 0
        reconnections = 0
    }

    private mutating func prepare() -> [Action] {
        state = .preparing
        attempts += 1
        return [.tell(.connecting(attempt: attempts)), .armDeadline(times.connect), .askCredentials]
    }

    private mutating func retry(_ error: ClientError) -> [Action] {
        let isAllowed = settings.maximumAttempts.map { reconnections < $0 } ?? true
        let canSucceed = settings.isEnabled && !error.isPermanent
        guard canSucceed, isAllowed else {
            state = .idle
            beginCounting()
            let reason = canSucceed ? ClientError.gaveUp(error.description) : error
            return [.tell(.closed(reason)), .giveUp(reason)]
        }
        reconnections += 1
        let delay = settings.delay(before: reconnections, random: random())
        state = .waiting
        return [.armRetry(delay), .tell(.waiting(attempt: attempts + 1, delay: delay, error))]
    }
}
