import CoreMetrics
import GustClientWire
import GustHTTP
import GustWire
import Logging
import NIOCore
import Synchronization

/// The connection of a ``SocketClient``: carries out what its ``SessionMachine`` says, and hands packets to the sockets.
///
/// `@unchecked Sendable`: everything but the constants, the mailbox and the state for observers is used on `eventLoop` only.
final class ClientConnection: @unchecked Sendable {
    let eventLoop: any EventLoop
    let settings: ClientSettings
    let server: ServerURL
    let logger: Logger
    let observers = StateObservers()
    let metrics: ClientMetrics
    private let dialer: ServerDialer
    private let mailbox: LoopMailbox

    var machine: SessionMachine
    var link: (any ClientLink)?
    var probe: WebSocketLink?
    /// Nil until the first packet of a connection was received.
    var session: ClientSession?
    /// Counts the connections, so that acknowledgements go to the connection that asked for them.
    var sessionNumber = 0
    /// Decodes the frames of the connection; replaced by the next connection, never while a frame is being decoded.
    var decoder: any Codec
    /// Encodes packets; shares the heartbeat numbers of old revisions with the decoder.
    var encoder: any Codec
    /// Frames that wait for the end of an upgrade.
    var held: [Frame] = []
    /// The sockets that are connected or want to be.
    var sockets: [ClientSocket] = []
    let known = Mutex<[KnownSocket]>([])
    /// The error with which the last attempt or connection has ended.
    var lastFailure: ClientError?
    var errorHandlers = CallbackList<(any Error, ClientSocket?, String?)>()
    var closers: [() -> Void] = []
    var flushWaiters: [Waiter] = []
    var pauses = 0
    var suspendedHandlers = 0
    private var scratch = ByteBuffer()
    /// Whether frames are flushed by whoever is running: the end of a read or of the mailbox.
    var isInBatch = false
    private var isFlushScheduled = false
    /// What the machine's inputs have caused and hasn't been carried out.
    private var effects: [SessionMachine.Action] = []
    private var isPerforming = false
    private var deadline: Scheduled<Void>?
    private var retry: Scheduled<Void>?
    var heartbeat: Scheduled<Void>?
    var lastHeard = NIODeadline.uptimeNanoseconds(0)
    /// Whether a ping of this client hasn't been answered (Engine.IO 3).
    var awaitsPong = false
    /// About how many bytes of answers that the server has asked for were sent since everything was handed to the operating system.
    var answeredBytes = 0

    init(
        _ server: ServerURL,
        _ settings: ClientSettings,
        _ eventLoop: any EventLoop,
        _ dialer: ServerDialer,
        _ logger: Logger
    ) {
        self.server = server
        self.settings = settings
        self.eventLoop = eventLoop
        self.dialer = dialer
        self.logger = logger
        metrics = ClientMetrics()
        mailbox = LoopMailbox(eventLoop, maximumBytes: settings.limits.maximumBufferedBytes)
        let kind = settings.chosenTransport
        machine = SessionMachine(
            settings.reconnection,
            connectTimeout: settings.connectTimeout,
            upgradeTimeout: settings.upgradeTimeout,
            upgrades: kind == .upgrade,
            transport: kind.first
        )
        decoder = settings.revision.makeCodec(.socketIO, settings.payloadLimits)
        encoder = decoder
    }

    // MARK: Threads

    /// Calls `body` on the loop: at once there, otherwise in order with everything that other threads have given before.
    func run(_ body: @escaping @Sendable (ClientConnection) -> Void) {
        if eventLoop.inEventLoop {
            body(self)
            flushSoon()
        } else {
            mailbox.add({ body(self) }, { self.drainMailbox() })
        }
    }

    /// Gives a socket something to send.
    func post(_ outgoing: Outgoing, of socket: ClientSocket) {
        if eventLoop.inEventLoop {
            socket.accept(outgoing)
            flushSoon()
        } else if !mailbox.add(outgoing, of: socket, { self.drainMailbox() }) {
            run { _ in socket.refuse(outgoing, .bufferFull) }
        }
    }

    private func drainMailbox() {
        isInBatch = true
        for item in mailbox.takeAll() {
            switch item {
            case .send(let socket, let outgoing): socket.accept(outgoing)
            case .run(let body): body()
            }
        }
        isInBatch = false
        link?.flush()
    }

    // MARK: Sending

    /// Whether packets of sockets can be sent.
    var isOpen: Bool { session != nil }

    /// Sends a packet; on a connection that isn't open it is lost.
    func send(_ packet: Packet) {
        guard link != nil else { return }
        scratch.clear()
        let hasAttachments = encoder.encode(packet, into: &scratch)
        if scratch.readableBytes > 0 { send(.text(scratch)) }
        guard hasAttachments else { return }
        for attachment in encoder.attachments(of: packet) { send(encoder.frame(attachment: attachment)) }
    }

    private func send(_ frame: Frame) {
        if machine.isSwitching {
            held.append(frame)
        } else if let link {
            settings.trace?(TracedFrame(.sent, link.transport, frame))
            link.send(frame)
        }
    }

    /// Sends the frames that wait for the end of an upgrade.
    func sendHeld() {
        let frames = held
        held = []
        for frame in frames { send(frame) }
    }

    /// The bytes that wait to be handed to the operating system.
    var bufferedBytes: Int {
        (link?.bufferedBytes ?? 0) + (held.isEmpty ? 0 : held.reduce(0) { $0 + $1.bytes.readableBytes })
    }

    /// Flushes at the end of the batch, or on the next turn of the loop.
    func flushSoon() {
        guard !isInBatch, !isFlushScheduled, link != nil else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.link?.flush()
        }
    }

    // MARK: The machine

    /// Carries out the effects of an input.
    ///
    /// An effect may call a handler, whose calls are inputs too; their effects follow behind those of the first input.
    func perform(_ actions: [SessionMachine.Action]) {
        effects += actions
        guard !isPerforming else { return }
        isPerforming = true
        while !effects.isEmpty { perform(effects.removeFirst()) }
        isPerforming = false
    }

    private func perform(_ action: SessionMachine.Action) {
        switch action {
        case .askCredentials: askCredentials()
        case .openLink: openLink()
        case .armDeadline(let time):
            deadline?.cancel()
            deadline = schedule(in: time) { $0.perform($0.machine.deadlinePassed()) }
        case .disarmDeadline:
            deadline?.cancel()
            deadline = nil
        case .beginHeartbeat: beginHeartbeat()
        case .endHeartbeat:
            heartbeat?.cancel()
            heartbeat = nil
        case .joinSockets: for socket in sockets { socket.joinIfWanted() }
        case .disconnectSockets(let error): disconnectSockets(error)
        case .openProbe: openProbe()
        case .pausePolling: pausePolling()
        case .switchToProbe: switchToProbe()
        case .dropProbe:
            probe?.abort()
            probe = nil
        case .dropLink: dropLink()
        case .closeLink: closeLink()
        case .armRetry(let time):
            retry = schedule(in: time) { $0.perform($0.machine.retryDue()) }
        case .disarmRetry:
            retry?.cancel()
            retry = nil
        case .tell(let state): tell(state)
        case .giveUp(let error): giveUp(error)
        }
    }

    /// Calls `body` after a time, on the loop.
    func schedule(in time: Duration, _ body: @escaping (ClientConnection) -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            guard let self else { return }
            body(self)
        }
    }

    private func askCredentials() {
        guard let credentials = settings.credentials else {
            // Not at once: this may be called while a frame of the last connection is being decoded.
            return eventLoop.assumeIsolated().execute { self.perform(self.machine.prepared()) }
        }
        credentialRequests += 1
        let request = credentialRequests
        Task {
            let result: Result<ClientCredentials, any Error>
            do { result = .success(try await credentials()) } catch { result = .failure(error) }
            self.run { connection in
                guard connection.credentialRequests == request, connection.machine.isPreparing else { return }
                switch result {
                case .success(let given):
                    connection.given = given
                    connection.perform(connection.machine.prepared())
                case .failure(let error):
                    connection.report(error, nil, nil)
                    connection.perform(connection.machine.failed(.connectionFailed("no credentials: \(error)")))
                }
            }
        }
    }

    /// How often the credentials were asked for; an answer that comes after the next question belongs to an attempt that has failed.
    private var credentialRequests = 0
    /// The credentials of the current attempt.
    private var given: ClientCredentials?

    /// What the transports of the current attempt share.
    private func environment() -> LinkEnvironment {
        LinkEnvironment(
            eventLoop: eventLoop,
            server: server,
            dialer: dialer,
            settings: settings,
            grammarPath: settings.grammarPath,
            resources: .of(eventLoop),
            head: RequestHead(server, settings, given)
        )
    }

    private func openLink() {
        sessionNumber += 1
        decoder = settings.revision.makeCodec(.socketIO, settings.payloadLimits)
        encoder = decoder
        session = nil
        held = []
        metrics.attempts.increment()
        if ClientGrammar.of(settings.revision).greeting == .request { return askForSession() }
        open(sid: nil)
    }

    /// Opens the transport of an attempt.
    private func open(sid: String?) {
        let kind = settings.chosenTransport
        let made: any ClientLink =
            kind == .webSocket || kind == .flashSocket
            ? WebSocketLink(environment(), kind, sid: sid, self) : PollingLink(environment(), kind, sid: sid, self)
        link = made
        made.open()
    }

    /// The handshake of 0.9, which precedes the transport.
    private func askForSession() {
        let asking = SessionRequest(environment())
        sessionRequest = asking
        asking.begin { [weak self] outcome in
            guard let self, sessionRequest === asking else { return }
            sessionRequest = nil
            switch outcome {
            case .failure(let error): perform(machine.failed(error))
            case .success(let greeting):
                open(sid: greeting.sid)
                greeted(greeting)
            }
        }
    }

    private var sessionRequest: SessionRequest?

    private func dropLink() {
        sessionRequest?.abort()
        sessionRequest = nil
        link?.abort()
        link = nil
        session = nil
        held = []
    }

    private func closeLink() {
        guard let closing = link else { return }
        var farewell = ByteBuffer()
        let isPolling = closing is PollingLink
        // A WebSocket ends with its own closing handshake; only requests need the packet (engine.io-client 6).
        if isPolling || settings.revision.announcesClose { _ = encoder.encode(.close, into: &farewell) }
        // An upgrade that isn't finished ends with its polls.
        sendHeld()
        session = nil
        link = nil
        let end = ClosingLink(closing, eventLoop, settings.closeTimeout) { [weak self] in self?.finishClosing() }
        closing.flush()
        endings += 1
        // Its timer keeps it alive.
        end.begin(farewell.readableBytes > 0 ? .text(farewell) : nil)
    }

    /// How many transports still say their farewell.
    private var endings = 0

    private func finishClosing() {
        endings -= 1
        guard endings == 0 else { return }
        let waiting = closers
        closers = []
        for closer in waiting { closer() }
    }

    /// Calls `body` when no connection is being closed.
    func whenClosed(_ body: @escaping () -> Void) {
        if endings == 0 { body() } else { closers.append(body) }
    }

    private func openProbe() {
        guard let session else { return }
        let made = WebSocketLink(environment(), .webSocket, sid: session.sid, self)
        probe = made
        made.open()
    }

    private func pausePolling() {
        guard let polling = link as? PollingLink else { return }
        polling.flush()
        polling.pause { [weak self] in
            guard let self, link === polling else { return }
            perform(machine.pollingPaused())
        }
    }

    private func switchToProbe() {
        guard let webSocket = probe else { return }
        link?.abort()
        link = webSocket
        probe = nil
        var text = ByteBuffer()
        _ = encoder.encode(.upgrade, into: &text)
        send(.text(text))
        sendHeld()
        if pauses > 0 { webSocket.setReading(false) }
        webSocket.flush()
    }

    private func tell(_ state: ClientState) {
        logger.debug("\(state)", metadata: ["server": "\(server.authority)"])
        if case .waiting(_, _, let error) = state { lastFailure = error }
        observers.tell(state)
        metrics.tell(state)
    }
}
