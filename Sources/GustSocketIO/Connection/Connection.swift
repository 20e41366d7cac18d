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
/// `shard`; the shard's reference itself is atomic. Moving publishes the state by the post to the new loop.
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
    private let sessionBox = Mutex<Session?>(nil)

    // What is marked below is touched for every message. Exclusivity needn't be checked at run time: each use is a load, a
    // store, or a call into a value that calls nobody back (machine, outbox), so no two can overlap on the one loop.
    // `decoder` isn't marked: it does call back.
    @exclusivity(unchecked) var machine: ConnectionStateMachine
    @exclusivity(unchecked) var transport: any Transport {
        didSet {
            let name = transport.name
            isBatching = transport.prefersBatches
            transportName.withLock { $0 = name }
        }
    }
    /// The transport's `prefersBatches`, at hand for every message.
    @exclusivity(unchecked) private var isBatching: Bool
    /// The transport's name for readers on any thread.
    let transportName: Mutex<String>
    var candidate: WebSocketCarrier?
    @exclusivity(unchecked) var outbox = Outbox()
    private var decoder: any Codec
    private let timer = TimerWheel.Timer()
    private let shardReference: Atomic<Unmanaged<LoopShard>>

    /// The socket of the namespace `/`, which most clients have and nothing else.
    @exclusivity(unchecked) private var rootSocket: Socket?
    private var otherSockets: [String: Socket] = [:]
    /// Namespaces whose CONNECT is still with the middlewares.
    var joining: Set<String> = []
    private var isFlushScheduled = false
    /// Broadcasts around a move to another loop; nil while none is to be expected.
    @exclusivity(unchecked) var handover: BroadcastHandover?
    /// Whether what is sent waits for the client to have digested the answer to its CONNECT.
    @exclusivity(unchecked) private var isSettling = false
    /// Whether a `POST` of this connection is being handled; a second one breaks the protocol.
    var isPosting = false
    /// Whether a burst is being received; its end flushes.
    private var isReceiving = false
    private var suspendedHandlers = 0
    private var whenResumed: [() -> Void] = []
    private var whenFlushed: [CheckedContinuation<Void, any Error>] = []

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
        isBatching = transport.prefersBatches
        transportName = Mutex(transport.name)
        let codec = revision.makeCodec(server.layer, server.settings.payloadLimits)
        encoder = codec
        decoder = codec
        machine = ConnectionStateMachine(
            timing: server.settings.timing(of: revision, over: transport.kind),
            direction: revision.heartbeat
        )
        // Unretained: the server keeps its shards for life, and this connection keeps the server.
        shardReference = Atomic(Unmanaged.passUnretained(shard))
        timer.action = { [weak self] in self?.apply(.deadlinePassed) }
        server.liveObjects.connections.increment()
    }

    deinit { server.liveObjects.connections.decrement() }

    /// The user's data of this session, made when it is first asked for; asked from anywhere.
    var session: Session {
        sessionBox.withLock { box in
            if let session = box { return session }
            let session = Session(
                id: sid,
                store: server.settings.sessionStore,
                limit: server.settings.maximumSessionSize
            )
            box = session
            return session
        }
    }

    /// Whether a request in the words of `other` can be this client's.
    func speaks(_ other: Revision) -> Bool { [revision].contains(other) }

    /// Whether the transport of that name carries it now; asked from anywhere.
    func isCarried(by name: String) -> Bool { transportName.withLock { $0 } == name }

    /// The loop this connection belongs to now.
    ///
    /// To be sure that it still does, run on it and compare.
    var shard: LoopShard { shardReference.load(ordering: .acquiring).takeUnretainedValue() }

    /// Whether the caller is where it may touch this connection.
    var isOnLoop: Bool { shard.eventLoop.inEventLoop }

    /// Runs `body` on the connection's loop: in place if the caller is there, else posted, and posted again if the
    /// connection moved meanwhile.
    func run(_ body: @escaping @Sendable (Connection) -> Void) {
        let shard = shard
        if shard.eventLoop.inEventLoop { return body(self) }
        shard.eventLoop.execute { self.run(body) }
    }

    /// Makes `shard` the home of this connection; the old loop has let go of everything before.
    func setShard(_ shard: LoopShard) {
        shardReference.store(Unmanaged.passUnretained(shard), ordering: .releasing)
    }

    // MARK: Life

    /// Begins the life of the connection: says hello and starts the heartbeat.
    func open() {
        apply(.opened)
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
        flush()
        let isPolling = transport.kind == .polling
        let isDrained = outbox.isEmpty && (transport.isWritable || !isPolling)
        // Who polls next gets what is left and the end in one answer.
        if !isDrained, isPolling, machine.isOpen { encode(.close).forEach { outbox.append($0) } }
        apply(.closeRequested(reason, isDrained: isDrained))
    }

    /// The transport is gone or broken.
    func transportEnded(_ reason: CloseReason) {
        apply(.transportEnded(reason))
    }

    /// Feeds the state machine and does what it says.
    func apply(_ event: ConnectionStateMachine.Event) {
        let shard = shard
        shard.eventLoop.assertInEventLoop()
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
        case .sendPing: send(.ping(probe: false))
        case .sendPong: send(.pong(probe: false))
        case .answerProbe: candidate?.answerProbe()
        case .releasePoll: releasePoll()
        case .switchTransport: adoptCandidate()
        case .refuseCandidate:
            candidate?.refuse()
            candidate = nil
            handover = nil
        case .sendClose: transport.close(saying: closePacket)
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
        joining = []
        outbox = Outbox()
        // A client that closed itself wants its poll back and nothing else; the others are told.
        closing.close(saying: reason == .transportClose ? releasingFrame : closePacket)
        let waiting = whenResumed
        whenResumed = []
        for resume in waiting { resume() }
        failFlushes()
    }

    /// Ends a pending poll with nothing to say.
    private func releasePoll() {
        guard transport.kind == .polling, transport.isWritable else { return }
        transport.write(encode(.noop))
        noteRelease()
    }

    /// A poll was answered, or given up by its client.
    func noteRelease() {
        if revision.rules.outlivesPolls, transport.kind == .polling, !transport.isWritable { apply(.pollReleased) }
    }

    /// Takes back what didn't reach the client, for the next poll.
    func requeue(_ frames: [Frame]) {
        guard machine.isOpen, transport.kind == .polling else { return }
        outbox.prepend(frames)
        flush()
    }

    // MARK: Sockets

    /// All sockets of this connection.
    var sockets: [Socket] { (rootSocket.map { [$0] } ?? []) + otherSockets.values }

    /// The socket in `namespace`, if the client joined it.
    func socket(in namespace: String) -> Socket? {
        namespace == "/" ? rootSocket : otherSockets[namespace]
    }

    /// Adds a socket, or takes it out if `socket` is nil.
    func setSocket(_ socket: Socket?, in namespace: String) {
        if namespace == "/" { rootSocket = socket } else { otherSockets[namespace] = socket }
    }

    // MARK: Receiving

    /// Takes one frame.
    func receive(_ frame: Frame) {
        guard !machine.hasEnded else { return }
        do throws(WireError) {
            try decoder.decode(frame) { packet in handle(packet) }
        } catch {
            server.logger.debug("closing a connection", metadata: ["sid": "\(sid)", "error": "\(error)"])
            apply(.transportEnded(.parseError))
        }
    }

    /// Takes the frames of one payload; what they cause to be sent leaves together at the end.
    func receivePayload(_ body: ByteBuffer, isBinary: Bool, isScript: Bool) {
        isReceiving = true
        do throws(WireError) {
            let body = isBinary ? body : try revision.wrapping.posted(body, isScript)
            try revision.payload.decode(body, isBinary: isBinary, limits: server.settings.payloadLimits) {
                (frame) throws(WireError) in
                receive(frame)
            }
        } catch {
            server.logger.debug("closing a connection", metadata: ["sid": "\(sid)", "error": "\(error)"])
            apply(.transportEnded(.parseError))
        }
        isReceiving = false
        flush()
    }

    // MARK: Sending

    /// Sends a packet, or keeps it in the outbox until the transport takes it.
    ///
    /// A volatile packet is dropped instead of kept.
    func send(_ packet: Packet, isVolatile: Bool = false) {
        let shard = shard
        shard.eventLoop.assertInEventLoop()
        guard machine.isOpen else { return }
        shard.counters.packetsOut.add()
        if !isBatching, outbox.isEmpty, !isSettling, transport.isWritable {
            shard.scratch.clear()
            encoder.encode(packet, into: &shard.scratch)
            if shard.scratch.readableBytes > 0 { transport.write(.text(shard.scratch)) }
            for attachment in encoder.attachments(of: packet) {
                transport.write(encoder.frame(attachment: attachment))
            }
            return
        }
        if isVolatile, !transport.isWritable { return }
        for frame in encode(packet) { outbox.append(frame) }
        boundOutbox()
        scheduleFlush()
    }

    /// Sends a packet that many get.
    func send(_ shared: SharedPacket, isVolatile: Bool) {
        if let verdict = handover?.judge(shared, isVolatile: isVolatile), verdict != .deliver { return }
        deliver(shared, isVolatile: isVolatile)
    }

    /// The move to another loop is over: what was held is sent.
    func endHandover() {
        let held = handover?.end() ?? []
        handover = nil
        for (packet, isVolatile) in held { deliver(packet, isVolatile: isVolatile) }
    }

    private func deliver(_ shared: SharedPacket, isVolatile: Bool) {
        let shard = shard
        shard.eventLoop.assertInEventLoop()
        guard machine.isOpen else { return }
        shard.counters.packetsOut.add()
        let encoded = shared.encoded(by: encoder, of: revision)
        if !isBatching, outbox.isEmpty, !isSettling, transport.isWritable {
            return transport.write(encoded)
        }
        if isVolatile, !transport.isWritable { return }
        for frame in encoded.frames { outbox.append(frame) }
        boundOutbox()
        scheduleFlush()
    }

    /// Hands the outbox to the transport, if it takes it now.
    func flush() {
        isFlushScheduled = false
        guard !isSettling else { return }
        if !outbox.isEmpty, transport.isWritable {
            // Only a poll leaves a rest behind: the next one comes for it. Other transports take all, or nobody would.
            transport.write(outbox.removeFirst(transport.kind == .polling ? revision.rules.maximumBatch : .max))
            noteRelease()
        }
        guard outbox.isEmpty else { return }
        apply(.drained)
        succeedFlushes()
    }

    /// What says that it is over, if this generation and this transport do.
    private var closePacket: Frame? {
        transport.kind == .polling || revision.announcesClose ? encode(.close).first : nil
    }

    /// What gives a pending poll back to a client that is gone, or going elsewhere, without saying anything.
    var releasingFrame: Frame? { transport.kind == .polling ? encode(.noop).first : nil }

    /// Ends the connection without a word, as a broken network would.
    func abort() {
        guard !machine.hasEnded else { return }
        let broken = transport
        broken.abort()
        apply(.transportEnded(.forcedServerClose))
    }

    private func encode(_ packet: Packet) -> [Frame] {
        var text = ByteBuffer()
        encoder.encode(packet, into: &text)
        let attachments = encoder.attachments(of: packet).map(encoder.frame(attachment:))
        return (text.readableBytes > 0 ? [.text(text)] : []) + attachments
    }

    /// Calls `body`, and lets what it sends follow a moment after what was sent before.
    ///
    /// Clients that await the answer to CONNECT and only then listen for events would otherwise miss those that come in
    /// the same segment: Node's `ws` hands all messages of a segment over before any awaiting code runs. On a polling
    /// transport the next poll gives them that time anyway.
    func settling(_ body: () -> Void) {
        guard transport.kind == .webSocket else { return body() }
        transport.flush()
        isSettling = true
        body()
        guard !outbox.isEmpty else {
            isSettling = false
            return
        }
        shard.eventLoop.scheduleTask(in: Self.settlingTime) {
            self.run { connection in
                connection.isSettling = false
                connection.flush()
            }
        }
    }

    /// Long enough for a client to wake up and read, too short for anybody to notice.
    private static let settlingTime = TimeAmount.milliseconds(2)

    private func scheduleFlush() {
        guard !isReceiving, !isSettling, !isFlushScheduled, transport.isWritable else { return }
        isFlushScheduled = true
        shard.eventLoop.execute { self.run { $0.flush() } }
    }

    private func boundOutbox() {
        let limits = server.settings.outbox
        guard outbox.byteCount > limits.maximumBytes || outbox.frames.count > limits.maximumPackets else { return }
        switch limits.policy {
        case .disconnect:
            apply(.transportEnded(.outboxOverflow))
        case .dropOldest:
            let dropped = outbox.dropOldest(packets: limits.maximumPackets, bytes: limits.maximumBytes)
            server.logger.debug("dropped packets", metadata: ["sid": "\(sid)", "count": "\(dropped)"])
        }
    }

    // MARK: Back-pressure

    /// How many bytes wait to be sent, here and in the transport.
    var bufferedBytes: Int { outbox.byteCount + transport.bufferedBytes }

    /// Resumes `continuation` once nothing waits in the outbox; fails it if the connection ends before.
    func whenFlushed(_ continuation: CheckedContinuation<Void, any Error>) {
        guard machine.isOpen else { return continuation.resume(throwing: SocketError.disconnected) }
        whenFlushed.append(continuation)
        if outbox.isEmpty { succeedFlushes() } else { scheduleFlush() }
    }

    private func succeedFlushes() {
        guard !whenFlushed.isEmpty else { return }
        let waiting = whenFlushed
        whenFlushed = []
        for continuation in waiting { continuation.resume() }
    }

    private func failFlushes() {
        let waiting = whenFlushed
        whenFlushed = []
        for continuation in waiting { continuation.resume(throwing: SocketError.disconnected) }
    }

    /// An async handler began to wait; past the bound, reading stops.
    func handlerSuspended() {
        suspendedHandlers += 1
        if suspendedHandlers == server.settings.maximumSuspendedHandlers {
            transport.setReading(false)
            apply(.readingPaused)
        }
    }

    /// An async handler came to its end.
    func handlerResumed() {
        suspendedHandlers -= 1
        guard suspendedHandlers == server.settings.maximumSuspendedHandlers - 1 else { return }
        transport.setReading(true)
        apply(.readingResumed)
        let waiting = whenResumed
        whenResumed = []
        for resume in waiting { resume() }
    }

    /// Calls `body` when this connection reads again; at once if it does.
    func whenReading(_ body: @escaping () -> Void) {
        if suspendedHandlers < server.settings.maximumSuspendedHandlers || machine.hasEnded {
            body()
        } else {
            whenResumed.append(body)
        }
    }
}
