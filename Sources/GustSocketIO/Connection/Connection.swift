import GustHTTP
import GustWire
import Logging
import NIOCore
import Synchronization

/// One client, however it is carried: sid, transport, outbox, heartbeat, and its sockets by namespace.
///
/// Sees packets, not bytes. Belongs to one loop; when a client upgrades on a WebSocket of another loop, the connection
/// moves there (`Connection+Upgrade`), so that messages never cross loops.
///
/// `@unchecked Sendable`: references travel between threads, but every mutable property is used only on the loop of
/// `shard`, which `home` knows. Moving publishes the state by the post to the new loop.
final class Connection: @unchecked Sendable {
    let sid: String
    let server: SocketIO
    let revision: Revision
    let handshake: SocketHandshake
    /// What a codec of this connection encodes with.
    ///
    /// A value beside `decoder`, because handlers send while a frame is being decoded.
    let encoder: any Codec

    /// The user's data; most connections have none.
    let sessionBox = Mutex<Session?>(nil)
    /// Waits for the end of the browser's session.
    var sessionObservation: SessionObservation?

    // What is marked below is touched for every message. Exclusivity needn't be checked at run time: each use is a load, a
    // store, or a call into a value that calls nobody back (machine, outbox), so no two can overlap on the one loop.
    // `decoder` isn't marked: it does call back.
    @exclusivity(unchecked) var machine: ConnectionStateMachine
    @exclusivity(unchecked) var transport: any Transport {
        didSet {
            let name = transport.name
            isBatching = transport.kind != .webSocket
            transportName.withLock { $0 = name }
            counters = shard.counters(of: name)
        }
    }
    /// Those of the transport on the loop, at hand for every message.
    @exclusivity(unchecked) private(set) var counters: TransportCounters
    /// Whether frames wait for the end of a burst, to leave in one batch; at hand for every message.
    @exclusivity(unchecked) private(set) var isBatching: Bool
    /// The transport's name for readers on any thread.
    let transportName: Mutex<String>
    var candidate: WebSocketCarrier?
    @exclusivity(unchecked) var outbox = Outbox()
    var decoder: any Codec
    /// The packet that waited for attachments at the last heartbeat.
    weak var awaitedPacket: AnyObject?
    private let timer = TimerWheel.Timer()
    /// Its loop, and what moves with it to another.
    let home: ConnectionHome
    /// Where broadcasts have their encoding for this connection.
    let revisionIndex: Int

    /// The socket of the namespace `/`, which most clients have and nothing else.
    @exclusivity(unchecked) var rootSocket: Socket?
    var otherSockets: [ByteText: Socket] = [:]
    /// The sockets whose CONNECT is still with the middlewares, by namespace.
    var joining: [ByteText: Socket] = [:]
    var isFlushScheduled = false
    /// Whether what is sent waits for the client to have digested the answer to its CONNECT.
    @exclusivity(unchecked) var isSettling = false
    /// Whether a `POST` of this connection is being handled; a second one breaks the protocol.
    var isPosting = false
    /// Whether a burst is being received; its end flushes.
    var isReceiving = false
    /// Whether a frame is being decoded, or packets that waited are being handled: no others may be meanwhile.
    @exclusivity(unchecked) var isHandling = false
    /// How many frames of the outbox were there when a namespace's CONNECT was put behind them, while another settled.
    var settlingMarks: [Int] = []
    var whenResumed: [() -> Void] = []
    var whenFlushed: [CheckedContinuation<Void, any Error>] = []

    init(
        sid: String,
        server: SocketIO,
        revision: Revision,
        handshake: SocketHandshake,
        transport: any Transport,
        shard: LoopShard
    ) {
        self.sid = sid
        self.server = server
        self.revision = revision
        self.handshake = handshake
        self.transport = transport
        isBatching = transport.kind != .webSocket
        transportName = Mutex(transport.name)
        counters = shard.counters(of: transport.name)
        let codec = revision.makeCodec(server.layer, server.settings.payloadLimits)
        encoder = codec
        decoder = codec
        machine = ConnectionStateMachine(
            timing: server.settings.timing(of: revision, over: transport.kind),
            direction: revision.heartbeat
        )
        home = ConnectionHome(shard)
        revisionIndex = Revision.all.firstIndex(of: revision) ?? .max
        if let rate = server.settings.eventRate { decoder = RateLimitedCodec(codec, EventBucket(rate, of: self)) }
        server.liveObjects.connections.increment()
    }

    deinit { server.liveObjects.connections.decrement() }

    /// Whether the transport of that name carries it now; asked from anywhere.
    func isCarried(by name: String) -> Bool { transportName.withLock { $0 } == name }

    /// The loop this connection belongs to now.
    ///
    /// To be sure that it still does, run on it and compare.
    var shard: LoopShard { home.shard }

    /// Whether the caller is where it may touch this connection.
    var isOnLoop: Bool { home.isCurrent }

    /// Broadcasts around a move to another loop; nil while none is to be expected.
    var handover: BroadcastHandover? {
        _read { yield home.handover }
        _modify { yield &home.handover }
    }

    /// Runs `body` on the connection's loop: in place if the caller is there, else posted, and posted again if the
    /// connection moved meanwhile.
    func run(_ body: @escaping @Sendable (Connection) -> Void) {
        if isOnLoop { return body(self) }
        home.post { self.run(body) }
    }

    /// Runs `body` on the connection's loop later, unless that has too much to do; false if it was refused.
    func post(weight: Int, _ body: @escaping @Sendable (Connection) -> Void) -> Bool {
        home.post(weight: weight, isRefusable: true) { self.run(body) }
    }

    /// Whether something that all loops are asked for comes to this connection for the first time.
    func isFirst(_ number: UInt64) -> Bool { handover?.isFirst(number) ?? true }

    /// Counts with the loop that the connection came to; called there.
    func countHere() {
        counters = shard.counters(of: transport.name)
    }

    // MARK: Life

    /// Begins the life of the connection: says hello and starts the heartbeat.
    func open() {
        // A cycle until the end, which every connection that was opened comes to. Not a weak reference: with one, each
        // retain of this object, and every message makes some, takes the runtime's slow path.
        timer.action = { self.apply(.deadlinePassed) }
        apply(.opened)
        followSession()
        if !revision.rules.admitsFirst { greet() }
        if revision.connectsImplicitly || server.layer == .engineIO {
            join("/", query: nil, payload: nil)
        }
    }

    /// Tells the client its session.
    func greet() {
        send(.open(server.handshake(sid: sid, revision, over: transport.name)))
    }

    /// Ends the connection from this side: what waits is sent first, if the client comes for it in time.
    func close(_ reason: CloseReason) {
        endHandover()
        flush()
        let isPolling = transport.kind == .polling
        let isDrained = outbox.isEmpty && (transport.isWritable || !isPolling)
        // Who polls next gets what is left and the end in one answer.
        if !isDrained, isPolling, machine.isOpen, let packet = closePacket(for: reason) { outbox.append(packet) }
        apply(.closeRequested(reason, isDrained: isDrained))
    }

    /// The transport is gone or broken.
    func transportEnded(_ reason: CloseReason) {
        apply(.transportEnded(reason))
    }

    /// Feeds the state machine and does what it says.
    func apply(_ event: ConnectionStateMachine.Event) {
        let shard = shard
        for action in machine.handle(event, now: shard.eventLoop.now) { perform(action) }
        // An upgrade may have moved the connection to another loop, which arms the timer there.
        guard shard === self.shard else { return }
        if let deadline = machine.nextDeadline {
            if !timer.isArmed || timer.deadline != deadline { shard.timers.arm(timer, at: deadline) }
        } else {
            shard.timers.disarm(timer)
        }
    }

    private func perform(_ action: ConnectionStateMachine.Action) {
        switch action {
        case .sendPing:
            send(.ping(probe: false))
            checkAwaitedPacket()
        case .sendPong:
            send(.pong(probe: false))
            // The ping is being decoded.
            home.post { self.run { $0.checkAwaitedPacket() } }
        case .answerProbe: candidate?.answerProbe()
        case .releasePoll: releasePoll()
        case .switchTransport: adoptCandidate()
        case .refuseCandidate:
            candidate?.refuse()
            candidate = nil
            handover = nil
        case .sendClose(let reason): transport.close(saying: closePacket(for: reason))
        case .end(let reason): end(reason)
        }
    }

    /// Does what is due by now.
    func passDeadlines() {
        guard let deadline = machine.nextDeadline, shard.eventLoop.now >= deadline else { return }
        apply(.deadlinePassed)
    }

    /// Disarms the timer, because the connection moves or ends.
    func disarmTimer() { shard.timers.disarm(timer) }

    private func end(_ reason: CloseReason) {
        disarmTimer()
        timer.action = nil
        server.connections.remove(sid)
        let closing = transport
        for socket in sockets { socket.leaveNamespace(reason) }
        rootSocket = nil
        otherSockets = [:]
        for socket in joining.values { socket.discard() }
        joining = [:]
        outbox = Outbox()
        home.reading.removeAll()
        // A client that closed itself wants its poll back and nothing else; the others are told.
        closing.close(saying: reason == .transportClose ? releasingFrame : closePacket(for: reason))
        resumeAll()
        failFlushes()
        sessionObservation?.cancel()
        sessionObservation = nil
        forgetSession()
    }

    /// Ends the connection without a word, as a broken network would.
    func abort() {
        guard !machine.hasEnded else { return }
        let broken = transport
        broken.abort()
        apply(.transportEnded(.forcedServerClose))
    }
}
