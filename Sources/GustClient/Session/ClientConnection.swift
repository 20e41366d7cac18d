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
    let configuration: ClientConfiguration
    let logger: Logger
    let observers = StateObservers()
    let metrics = ClientMetrics.shared
    private let mailbox: LoopMailbox
    private var isTakingMail = false

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
    private(set) var held: [Frame] = []
    private var heldBytes = 0
    private var pendingActions: [SessionMachine.Action] = []
    private(set) var isPerforming = false
    /// What became of the socket of `/`, which the server lets in by itself in some revisions.
    var implicitRoot = ImplicitRoot.awaited
    /// The namespaces whose sockets have left before the server has answered their CONNECT packets.
    var abandoned: [String] = []
    /// The sockets that are connected or want to be.
    var sockets: [ClientSocket] = []
    let known = Mutex<[KnownSocket]>([])
    /// The error with which the last attempt or connection has ended.
    var lastFailure: ClientError?
    let errorHandlers = CallbackList<(any Error, ClientSocket?, String?)>()
    var closers: [@Sendable () -> Void] = []
    /// The calls that wait until everything of their sockets was sent.
    var flushWaiters: [(socket: ClientSocket, waiter: Waiter)] = []
    var pauses = 0
    var suspendedHandlers = 0
    private var scratch = ByteBuffer()
    /// Whether frames are flushed by whoever is running: the end of a read or of the mailbox.
    var isInBatch = false
    private var isFlushScheduled = false
    /// The credentials of the current attempt.
    var given: ClientCredentials?
    var sessionRequest: SessionRequest?
    /// How many transports still say their farewell.
    var endings = 0
    /// Asks the program for the credentials of the current attempt.
    var credentialsTask: Task<Void, Never>?
    private var deadline: Scheduled<Void>?
    private var retry: Scheduled<Void>?
    var heartbeat: Scheduled<Void>?
    var lastHeard = NIODeadline.uptimeNanoseconds(0)
    /// The packets of the current read.
    var receivedPackets = 0
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
        configuration = ClientConfiguration(server, settings, dialer)
        self.eventLoop = eventLoop
        self.logger = logger
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

    /// What became of the socket of `/`, which the server lets in by itself in some revisions.
    enum ImplicitRoot {
        case awaited, joined, left
    }

    var settings: ClientSettings { _read { yield configuration.settings } }

    var server: ServerURL { configuration.server }

    // MARK: Threads

    /// Calls `body` on the loop: at once there, otherwise in order with everything that other threads have given before.
    func run(_ body: @escaping @Sendable (ClientConnection) -> Void) {
        if eventLoop.inEventLoop {
            takeMail()
            body(self)
            flushSoon()
        } else {
            mailbox.add({ body(self) }, { self.drainMailbox() })
        }
    }

    /// Gives a socket something to send.
    func post(_ outgoing: Outgoing, of socket: ClientSocket) {
        if eventLoop.inEventLoop {
            takeMail()
            socket.accept(outgoing)
            flushSoon()
        } else if !mailbox.add(outgoing, of: socket, { self.drainMailbox() }) {
            run { _ in socket.refuse(outgoing, .bufferFull) }
        }
    }

    private func drainMailbox() {
        mailbox.beginDraining()
        isInBatch = true
        takeMail()
        isInBatch = false
        link?.flush()
    }

    /// Does what other threads have asked for.
    ///
    /// Also called before the loop handles what it has learnt of the server: a loop reads from the network before it looks for what other
    /// threads want, and a handler that was added before the connection ended would not be called.
    func takeMail() {
        // What is being done may cause a further call; what was added behind it is done afterwards.
        guard !mailbox.isEmpty, !isTakingMail else { return }
        isTakingMail = true
        for item in mailbox.takeAll() {
            switch item {
            case .send(let socket, let outgoing): socket.accept(outgoing)
            case .run(let body): body()
            }
        }
        isTakingMail = false
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

    func send(_ frame: Frame) {
        if machine.isSwitching {
            held.append(frame)
            heldBytes += frame.bytes.readableBytes
        } else if let link {
            settings.trace?(TracedFrame(.sent, link.transport, frame))
            link.send(frame)
        }
    }

    /// Sends the frames that wait for the end of an upgrade.
    func sendHeld() {
        let frames = held
        forgetHeld()
        for frame in frames { send(frame) }
    }

    /// Nothing waits for the end of an upgrade any more.
    func forgetHeld() {
        held = []
        heldBytes = 0
    }

    /// The bytes that wait to be handed to the operating system.
    var bufferedBytes: Int { (link?.bufferedBytes ?? 0) + heldBytes }

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
    /// An effect may call the program, which may cause other effects: those are carried out afterwards, in order.
    func perform(_ actions: [SessionMachine.Action]) {
        pendingActions += actions
        guard !isPerforming else { return }
        isPerforming = true
        while !pendingActions.isEmpty { perform(pendingActions.removeFirst()) }
        isPerforming = false
        callClosers()
    }

    private func perform(_ action: SessionMachine.Action) {
        switch action {
        case .askCredentials: askCredentials()
        case .openLink: openLink()
        case .armDeadline(let time):
            deadline?.cancel()
            deadline = schedule(in: time) { $0.perform($0.machine.deadlinePassed()) }
        case .disarmDeadline:
            credentialsTask?.cancel()
            credentialsTask = nil
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
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { body(self) }
    }

    private func tell(_ state: ClientState) {
        logger.debug("\(state)", metadata: ["server": "\(server.authority)"])
        if case .waiting(_, _, let error) = state { lastFailure = error }
        observers.tell(state)
        metrics.tell(state)
    }
}
