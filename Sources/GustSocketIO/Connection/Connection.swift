import GustHTTP
import GustSessions
import GustWire
import Logging
import NIOCore
import Synchronization

/// One client with its sid, transport, outbox, heartbeat, and its sockets by namespace; the same for every transport.
///
/// Handles packets, not bytes. Used on one loop only. If a client upgrades on a WebSocket of another loop, the connection
/// moves to that loop (`Connection+Upgrade`), so that messages never cross loops.
///
/// `@unchecked Sendable`: references travel between threads, but every mutable property is used only on the loop of
/// `shard`, which `home` knows. Moving publishes the state by the post to the new loop.
final class Connection: @unchecked Sendable {
    // The properties that the delivery of a broadcast uses come first, so that they are in few lines of the processor's cache: with many
    // clients, each line that a delivery touches is loaded from memory.

    /// The loop of the connection, and the state that moves with the connection to another loop.
    let home: ConnectionHome
    /// What this connection has in common with others.
    let kind: ConnectionKind

    // The properties marked below are used for every message. Their exclusivity isn't checked at run time: each use is a load, a
    // store, or a call into a value that makes no calls to this object (machine, outbox), so no two uses overlap on the loop.
    /// The WebSocket of the transport; nil if the transport is another one.
    @exclusivity(unchecked) private(set) var webSocket: (any WebSocketConnection)?
    /// The counters of the transport on this loop, kept here because each message needs them.
    @exclusivity(unchecked) private(set) var counters: TransportCounters
    /// What keeps a packet from being written as it is and at once; kept here because each message asks.
    @exclusivity(unchecked) var obstacles: SendingObstacles = .notOpen
    @exclusivity(unchecked) var isFlushScheduled = false
    /// Whether the outbox has packets that the client missed, and the CONNECT behind them.
    @exclusivity(unchecked) var isReplaying = false
    /// Whether a `POST` of this connection is being handled; a second one breaks the protocol.
    var isPosting = false
    /// Whether a burst is being received; frames are flushed at its end.
    var isReceiving = false
    /// Whether a frame is being decoded, or held packets are being handled; no other packet may be handled meanwhile.
    @exclusivity(unchecked) var isHandling = false
    @exclusivity(unchecked) var transport: any Transport {
        didSet {
            webSocket = transport.webSocketConnection
            obstacles.set(.batching, transport.kind != .webSocket)
            counters = shard.counters(of: transport.name)
            countersForReading.store(Unmanaged.passUnretained(counters), ordering: .releasing)
        }
    }
    @exclusivity(unchecked) var outbox: Outbox {
        didSet {
            obstacles.set(.waitingFrames, !outbox.isEmpty)
            outboxBytes.store(outbox.byteCount, ordering: .relaxed)
        }
    }
    /// Records the packets while somebody watches them; nil for nearly all.
    @exclusivity(unchecked) var tap: ConnectionTap? {
        didSet { obstacles.set(.tap, tap != nil) }
    }
    /// What few connections have; nil without it.
    @exclusivity(unchecked) var rareState: RareConnectionState?
    @exclusivity(unchecked) var machine: ConnectionStateMachine {
        didSet { obstacles.set(.notOpen, !machine.isOpen) }
    }

    // Exclusivity isn't checked at run time: only `receive` and the heartbeat use the decoder. It calls handlers, and inside of a handler
    // neither is called: frames are received in turns of the loop of their own, which `receive` asserts.
    @exclusivity(unchecked) var decoder: any Codec
    /// The socket of the namespace `/`; most clients join no other namespace.
    @exclusivity(unchecked) var rootSocket: Socket?
    /// The callers that wait until packets have been sent.
    @exclusivity(unchecked) var flushWaiters: [FlushWaiter] = []
    /// How many bytes are in the outbox, for reading on any thread.
    let outboxBytes = Atomic<Int>(0)
    /// The counters of the transport, for reading on any thread; unretained, because the server keeps its shards, and they their counters, for
    /// life.
    private let countersForReading: Atomic<Unmanaged<TransportCounters>>
    let sid: String
    let io: SocketIO
    let handshake: SocketHandshake
    /// The session of this connection, made when it is asked for unless the browser has one.
    let ownSession = LazyReference<Session>()
    /// The packet that was waiting for attachments at the last heartbeat.
    weak var awaitedPacket: AnyObject?
    private let timer = TimerWheel.Timer()
    /// The sockets whose CONNECT is being decided by middleware, by namespace.
    var joining: [ByteText: Socket] = [:]

    init(
        sid: String,
        io: SocketIO,
        revision: Revision,
        handshake: SocketHandshake,
        transport: any Transport,
        shard: LoopShard
    ) {
        self.sid = sid
        self.io = io
        kind = shard.kind(of: revision, over: transport.kind, of: io)
        self.handshake = handshake
        self.transport = transport
        webSocket = transport.webSocketConnection
        if transport.kind != .webSocket { obstacles.insert(.batching) }
        counters = shard.counters(of: transport.name)
        countersForReading = Atomic(Unmanaged.passUnretained(counters))
        // A codec that has decoded nothing is like any other.
        decoder = kind.encoder
        machine = ConnectionStateMachine(timing: kind.timing, direction: revision.heartbeat)
        home = ConnectionHome(shard)
        // Only marked packets can be dropped.
        outbox = Outbox(isMarked: io.settings.outbox.policy == .dropOldest)
        if let rate = io.settings.eventRate { decoder = RateLimitedCodec(kind.encoder, EventBucket(rate, of: self)) }
        io.liveObjects.connections.increment()
    }

    deinit { io.liveObjects.connections.decrement() }

    /// Whether the transport called `name` is the current one; may be called from any thread.
    func isCarried(by name: String) -> Bool { transportName == name }

    /// The transport's name; may be read on any thread.
    var transportName: String { countersForReading.load(ordering: .acquiring).takeUnretainedValue().transportName }

    var revision: Revision { kind.revision }
    var revisionIndex: Int { kind.revisionIndex }
    var recovers: Bool { kind.recovers }
    var writesPlainPackets: Bool { kind.writesPlainPackets }
    /// The codec that encodes packets of this connection.
    var encoder: any Codec { _read { yield kind.encoder } }

    /// The shard of the loop that the connection belongs to now.
    ///
    /// The connection may move meanwhile: run on that loop, then compare.
    var shard: LoopShard { home.shard }

    /// Whether packets are held back so that the client can process CONNECT first.
    var isSettling: Bool {
        get { obstacles.contains(.settling) }
        set { obstacles.set(.settling, newValue) }
    }

    /// Whether the caller is on the loop of this connection.
    var isOnLoop: Bool { home.isCurrent }

    /// Runs `body` on the connection's loop: at once if the caller is on that loop, otherwise later.
    ///
    /// If the connection moves meanwhile, `body` is forwarded to the new loop.
    func run(_ body: @escaping @Sendable (Connection) -> Void) {
        if isOnLoop { return body(self) }
        home.post { self.run(body) }
    }

    /// Runs `body` on the connection's loop later; false if the inbox of the loop is full, and `body` is not called.
    func post(weight: Int, _ body: @escaping @Sendable (Connection) -> Void) -> Bool {
        home.post(weight: weight, isRefusable: true) { self.run(body) }
    }

    /// Whether the visit with this number reaches the connection for the first time: a connection that moves may be visited twice.
    func isFirst(_ number: UInt64) -> Bool { handover?.isFirst(number) ?? true }

    /// Uses the counters of the loop that the connection has moved to; called on that loop.
    func countHere() {
        counters = shard.counters(of: transport.name)
        countersForReading.store(Unmanaged.passUnretained(counters), ordering: .releasing)
        if let metrics = io.eventMetrics { shard.recordLag(metrics.lag) }
    }

    // MARK: Life

    /// Opens the connection: sends the handshake and starts the heartbeat.
    func open() {
        // A reference cycle until the end of the connection, which every opened connection reaches. Not a weak reference: that would make
        // each retain of this object slow, and every message retains it.
        timer.action = { self.apply(.deadlinePassed) }
        apply(.opened)
        followSession()
        if !revision.rules.admitsFirst { greet() }
        if revision.connectsImplicitly || io.layer == .engineIO {
            join("/", query: nil, payload: nil)
        }
    }

    /// Sends the handshake to the client.
    func greet() {
        send(.open(io.handshake(sid: sid, revision, over: transport.name)))
        sendInitialPacket()
    }

    /// Closes the connection from this side.
    ///
    /// Waiting frames are sent first, if the client polls in time.
    func close(_ reason: CloseReason) {
        endHandover()
        flush()
        let isPolling = transport.kind == .polling
        let isDrained = outbox.isEmpty && (transport.isWritable || !isPolling)
        // The next poll is answered with the remaining frames and the close packet.
        if !isDrained, isPolling, machine.isOpen, let packet = closePacket(for: reason) { outbox.append(packet) }
        apply(.closeRequested(reason, isDrained: isDrained))
    }

    /// Ends the connection because its transport has closed or failed.
    ///
    /// - Parameters:
    ///   - reason: why.
    ///   - details: what is known beside the reason.
    func transportEnded(_ reason: CloseReason, _ details: DisconnectDetails? = nil) {
        // While the server closes the connection, the reason remains that of the server.
        if machine.isOpen { endDetails = details }
        apply(.transportEnded(reason))
    }

    /// Hands an event to the state machine and performs the actions.
    func apply(_ event: ConnectionStateMachine.Event) {
        let shard = shard
        for action in machine.handle(event, now: shard.eventLoop.now) { perform(action) }
        // An upgrade may have moved the connection to another loop, where the timer is set.
        guard shard === self.shard else { return }
        if let deadline = machine.nextDeadline.map(shard.timers.commonTime) {
            if !timer.isArmed || timer.deadline != deadline { shard.timers.arm(timer, at: deadline) }
        } else {
            shard.timers.disarm(timer)
        }
    }

    private func perform(_ action: ConnectionStateMachine.Action) {
        switch action {
        case .sendPing:
            if recovers { for socket in sockets { socket.recovery?.log.pinged() } }
            send(.ping(probe: false))
            checkAwaitedPacket()
        case .sendPong:
            send(.pong(probe: false))
            // The ping is still being decoded, so the check runs later.
            home.post { self.run { $0.checkAwaitedPacket() } }
        case .answerProbe: candidate?.answerProbe()
        case .releasePoll: releasePoll()
        case .switchTransport: adoptCandidate()
        case .refuseCandidate:
            if candidate != nil { io.outcomes?.add(.upgraded(.refused)) }
            candidate?.refuseCandidate()
            candidate = nil
            handover = nil
        case .sendClose(let reason): close(transport, for: reason)
        case .end(let reason): end(reason)
        }
    }

    /// Performs what is due now.
    func passDeadlines() {
        guard let deadline = machine.nextDeadline, shard.eventLoop.now >= deadline else { return }
        apply(.deadlinePassed)
    }

    /// Cancels the timer, because the connection moves or ends.
    func disarmTimer() { shard.timers.disarm(timer) }

    private func end(_ reason: CloseReason) {
        disarmTimer()
        timer.action = nil
        let isCounted = io.connections.remove(self)
        io.outcomes?.add(.closed(reason))
        let closing = transport
        // Before the handlers are cancelled, so that those that wait get the reason.
        failFlushes()
        for socket in sockets { socket.leaveNamespace(reason) }
        rootSocket = nil
        otherSockets = [:]
        for socket in joining.values { socket.abandon(reason) }
        joining = [:]
        for question in questions.values { question.cancel() }
        questions = [:]
        outbox = Outbox()
        home.reading.removeAll()
        // If the client closed the connection, its poll is answered with a noop; otherwise the client is sent the close packet.
        if reason == .transportClose { closing.close(saying: releasingFrame) } else { close(closing, for: reason) }
        resumeAll()
        sessionObservation?.cancel()
        sessionObservation = nil
        tap?.end()
        tap = nil
        forgetSession()
        if isCounted { io.connections.finishRemoval() }
    }

    /// Ends the connection without a packet, as a network failure would.
    func abort() {
        guard !machine.hasEnded else { return }
        let broken = transport
        broken.abort()
        apply(.transportEnded(.forcedServerClose))
    }
}
