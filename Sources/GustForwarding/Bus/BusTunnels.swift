import GustCluster
import GustHTTP
import GustServer
import NIOCore
import Synchronization

/// The tunnels of this node over the bus of the cluster, for nodes that can't reach each other otherwise.
///
/// A node that opens a tunnel sends bytes through it as through a TCP connection; the other node passes them to its listener for nodes.
/// Messages without the code of the cluster are dropped. If the other node is silent for three intervals, its tunnels end.
final class BusTunnels: NodeConnector {
    /// The tunnel can't be opened.
    struct Unreachable: Error {}

    private struct Key: Hashable {
        let peer: ByteText
        let identifier: TunnelMessage.Identifier
    }

    private struct State {
        var tunnels: [Key: TunnelEnd] = [:]
        /// When each node with tunnels was last heard.
        var heard: [ByteText: NIODeadline] = [:]
        var local: HTTPServer.Configuration.Address?
        var loops: [any EventLoop] = []
        var next = 0
        var watch: RepeatedTask?
        /// The number of the next message in each tunnel that the other node was told, and how often.
        var told: [Key: (next: UInt32, count: Int)] = [:]
        /// When a message of this node to itself was last received; nil before the first, and on a bus that doesn't deliver them.
        var heardBus: NIODeadline?
        /// Whether the bus itself was silent at the last interval.
        var isBusSilent = false
    }

    static let channel = "gust:forwarding"
    private static let maximumTunnels = 20_000
    private static let connectTimeout = TimeAmount.seconds(2)
    /// Stands for the tunnel in messages that belong to none.
    private static let nobody = TunnelMessage.Identifier(repeating: 0, count: TunnelMessage.identifierLength)

    private let bus: any ClusterBus
    private let node: ForwardingNode
    private let state = Mutex(State())
    private let dropped = Atomic<Int>(0)
    private let known: KnownNodes
    /// How often the other nodes are told that this one is there.
    private let interval: TimeAmount

    init(_ bus: any ClusterBus, _ node: ForwardingNode, _ known: KnownNodes, interval: TimeAmount) {
        self.bus = bus
        self.known = known
        self.node = node
        self.interval = interval
    }

    /// After this time without a message of a node, its tunnels end.
    private var silence: TimeAmount { interval * 3 + .seconds(1) }

    /// How many messages of the bus were no messages of this cluster.
    var droppedCount: Int { dropped.load(ordering: .relaxed) }
    /// How many tunnels are open.
    var count: Int { state.withLock { $0.tunnels.count } }

    // MARK: The life of the node

    /// Receives messages, and passes the bytes of new tunnels to the listener at `local`.
    func begin(at local: HTTPServer.Configuration.Address, on loops: [any EventLoop]) {
        state.withLock { state in
            state.local = local
            state.loops = loops
        }
        bus.join(Self.channel, as: node.tag) { [weak self] bytes in self?.receive(bytes) }
        guard let loop = loops.first else { return }
        let watch = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in
            self?.watch(at: loop.now)
        }
        state.withLock { $0.watch = watch }
    }

    /// Ends all tunnels, and tells the other nodes that nobody is here any more.
    func end() {
        let farewell = TunnelMessage(kind: .left, from: node.tag, tunnel: Self.nobody, sequence: 0)
        do {
            let bytes = farewell.encoded(for: TunnelMessage.everybody, node.keys.messages)
            try bus.publish(bytes, on: Self.channel, from: node.tag)
        } catch {
            node.problems.report("the bus of the cluster doesn't take messages", "\(error)")
        }
        bus.leave(Self.channel, as: node.tag)
        let (tunnels, watch) = state.withLock { state in
            state.loops = []
            return (Array(state.tunnels.values), state.watch)
        }
        watch?.cancel()
        for tunnel in tunnels { tunnel.eventLoop.execute { tunnel.abort() } }
    }

    /// Tells the other nodes that this one is there and what it has sent, and ends the tunnels of nodes that are silent.
    ///
    /// A message to this node itself shows whether the bus delivers. While it doesn't, for example because Redis is stopped, nobody counts as
    /// silent.
    private func watch(at now: NIODeadline) {
        _ = send(.alive, to: node.tag, Self.nobody, 0, ByteBuffer())
        let (reports, dead) = state.withLock { state in
            let isBusSilent = state.heardBus.map { now - $0 > interval * 2 } ?? false
            if state.isBusSilent, !isBusSilent {
                state.heard = state.heard.mapValues { _ in now }
                state.told = [:]
            }
            state.isBusSilent = isBusSilent
            var reports: [ByteText: [ByteBuffer]] = [:]
            var told: [Key: (next: UInt32, count: Int)] = [:]
            for (key, tunnel) in state.tunnels {
                let next = tunnel.nextSent.load(ordering: .acquiring)
                let earlier = state.told[key].flatMap { $0.next == next ? $0.count : nil } ?? 0
                told[key] = (next, earlier + 1)
                reports[key.peer, default: [ByteBuffer()]].addReport(of: key.identifier, next, after: earlier)
            }
            state.told = told
            state.heard = state.heard.filter { reports[$0.key] != nil }
            let dead =
                isBusSilent
                ? [] : state.tunnels.filter { now - (state.heard[$0.key.peer] ?? now) > silence }.map(\.value)
            return (reports, dead)
        }
        for tunnel in dead { tunnel.eventLoop.execute { tunnel.end() } }
        for (peer, payloads) in reports {
            for payload in payloads { _ = send(.alive, to: peer.string, Self.nobody, 0, payload) }
        }
    }

    /// Ends the tunnels whose messages were lost on the way, and tells the other node which tunnels aren't here.
    private func check(_ message: TunnelMessage) {
        var payload = message.payload
        while let identifier = payload.readBytes(length: TunnelMessage.identifierLength),
            let next = payload.readInteger(as: UInt32.self)
        {
            let key = Key(peer: ByteText(message.from), identifier: identifier)
            if let tunnel = state.withLock({ $0.loops.isEmpty ? nil : $0.tunnels[key] }) {
                tunnel.eventLoop.execute { tunnel.expect(next) }
            } else {
                _ = send(.gone, to: message.from, identifier, 0, ByteBuffer())
            }
        }
    }

    // MARK: Opening

    func connect(
        to tag: String,
        on eventLoop: any EventLoop,
        timeout: TimeAmount,
        _ open: @escaping @Sendable (any ByteConnection) -> any ByteReceiver
    ) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let identifier = (0..<TunnelMessage.identifierLength).map { _ in UInt8.random(in: 0...255) }
        let tunnel = TunnelEnd(self, tag, identifier, on: eventLoop, isPaused: false)
        guard insert(tunnel) else {
            promise.fail(Unreachable())
            return promise.futureResult
        }
        let timer = eventLoop.scheduleTask(in: timeout) { tunnel.abort() }
        tunnel.open { isAccepted in
            timer.cancel()
            guard isAccepted else { return promise.fail(Unreachable()) }
            tunnel.begin(open(tunnel))
            promise.succeed()
        }
        return promise.futureResult
    }

    private func insert(_ tunnel: TunnelEnd) -> Bool {
        let key = Key(peer: ByteText(tunnel.peer), identifier: tunnel.identifier)
        return state.withLock { state in
            guard state.tunnels.count < Self.maximumTunnels, state.tunnels[key] == nil, !state.loops.isEmpty else {
                return false
            }
            state.tunnels[key] = tunnel
            if state.heard[key.peer] == nil { state.heard[key.peer] = tunnel.eventLoop.now }
            return true
        }
    }

    func remove(_ tunnel: TunnelEnd) {
        state.withLock { $0.tunnels[Key(peer: ByteText(tunnel.peer), identifier: tunnel.identifier)] = nil }
    }

    // MARK: Messages

    /// Sends a message; false if the bus doesn't take it.
    func send(
        _ kind: TunnelMessage.Kind,
        to peer: String,
        _ identifier: TunnelMessage.Identifier,
        _ sequence: UInt32,
        _ payload: ByteBuffer
    ) -> Bool {
        let message = TunnelMessage(
            kind: kind,
            from: node.tag,
            tunnel: identifier,
            sequence: sequence,
            payload: payload
        )
        do {
            try bus.send(message.encoded(for: peer, node.keys.messages), to: peer, on: Self.channel)
            return true
        } catch {
            node.problems.report("the bus of the cluster doesn't take messages", "\(error)")
            return false
        }
    }

    /// Receives a message, on any thread.
    private func receive(_ bytes: ByteBuffer) {
        guard let message = decode(bytes) else {
            dropped.wrappingAdd(1, ordering: .relaxed)
            node.problems.report("dropped a message of the bus that no node of the cluster has sent")
            return
        }
        if message.from.hasSameBytes(as: node.tag) {
            state.withLock { $0.heardBus = .now() }
            return
        }
        let key = Key(peer: ByteText(message.from), identifier: message.tunnel)
        let tunnel = state.withLock { state -> TunnelEnd? in
            // After the end the loops may have stopped.
            guard !state.loops.isEmpty else { return nil }
            let tunnel = state.tunnels[key]
            if state.heard[key.peer] != nil { state.heard[key.peer] = .now() }
            return tunnel
        }
        switch message.kind {
        case .alive: check(message)
        case .left: leave(message.from)
        case .gone: tunnel?.eventLoop.execute { tunnel?.end() }
        case .open where tunnel == nil && message.sequence == 0: accept(message)
        default: tunnel?.eventLoop.execute { tunnel?.receive(message) }
        }
    }

    /// A message for this node, or the farewell of another one; nil for anything else.
    private func decode(_ bytes: ByteBuffer) -> TunnelMessage? {
        if let message = TunnelMessage(bytes, for: node.tag, node.keys.messages) {
            return message.kind == .left ? nil : message
        }
        guard let message = TunnelMessage(bytes, for: TunnelMessage.everybody, node.keys.messages),
            message.kind == .left,
            !message.from.hasSameBytes(as: node.tag)
        else { return nil }
        return message
    }

    /// Ends the tunnels of a node that has ended, and finds it no more.
    private func leave(_ tag: String) {
        known.leave(tag)
        let ended = state.withLock { state in state.tunnels.filter { $0.key.peer == ByteText(tag) }.map(\.value) }
        for tunnel in ended { tunnel.eventLoop.execute { tunnel.end() } }
    }

    /// Opens a connection to the listener of this node for a new tunnel.
    private func accept(_ message: TunnelMessage) {
        let (loop, local) = state.withLock { state in
            guard !state.loops.isEmpty else {
                return (nil, nil) as ((any EventLoop)?, HTTPServer.Configuration.Address?)
            }
            state.next += 1
            return (state.loops[state.next % state.loops.count], state.local)
        }
        guard let loop, let local else { return }
        // Bytes that arrive before the connection is open are held.
        let tunnel = TunnelEnd(self, message.from, message.tunnel, on: loop, isPaused: true)
        guard insert(tunnel) else { return }
        loop.execute {
            tunnel.receive(message)
            let outcome = OutgoingConnection.open(local, on: loop, timeout: Self.connectTimeout) { connection in
                let pipe = TunnelPipe(tunnel, connection)
                tunnel.accept()
                tunnel.begin(pipe.tunnelSide)
                tunnel.resumeReading()
                return pipe.localSide
            }
            outcome.whenFailure { _ in tunnel.abort() }
        }
    }
}

extension [ByteBuffer] {
    /// Adds what was sent in a tunnel to the last payload, or to a further one if that is full; nothing if the other node has been told
    /// three times: one report may be lost with the messages that it is about.
    fileprivate mutating func addReport(of identifier: TunnelMessage.Identifier, _ next: UInt32, after earlier: Int) {
        guard earlier < 3, !isEmpty else { return }
        let length = TunnelMessage.identifierLength + MemoryLayout<UInt32>.size
        if self[count - 1].readableBytes + length > TunnelMessage.maximumPayload { append(ByteBuffer()) }
        self[count - 1].writeBytes(identifier)
        self[count - 1].writeInteger(next)
    }
}
