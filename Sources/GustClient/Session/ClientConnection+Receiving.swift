import CoreMetrics
import GustClientWire
import GustHTTP
import GustWire
import Logging
import NIOCore

/// Frames and packets of the server.
extension ClientConnection: LinkReceiver {
    func linkOpened(_ link: any ClientLink) {
        guard link === probe else { return }
        var text = ByteBuffer()
        _ = encoder.encode(.ping(probe: true), into: &text)
        settings.trace?(TracedFrame(.sent, link.transport, .text(text)))
        link.send(.text(text))
        link.flush()
        machine.probeOpened()
    }

    func link(_ link: any ClientLink, received frame: Frame) {
        settings.trace?(TracedFrame(.received, link.transport, frame))
        if link === probe { return receivedOverProbe(frame) }
        guard link === self.link else { return }
        if !isInBatch {
            isInBatch = true
            takeMail()
            // The program may have ended the connection.
            guard link === self.link else { return }
        }
        guard session != nil else { return greet(frame) }
        decode(frame)
    }

    func linkFinishedReading(_ link: any ClientLink) {
        isInBatch = false
        guard link === self.link else { return }
        metrics.packets.increment(by: receivedPackets)
        receivedPackets = 0
        lastHeard = eventLoop.now
        link.flush()
    }

    func linkDrained(_ link: any ClientLink) {
        guard link === self.link, held.isEmpty, link.bufferedBytes == 0 else { return }
        answeredBytes = 0
        resumeFlushed()
    }

    func link(_ link: any ClientLink, ended error: ClientError) {
        isInBatch = false
        if link === probe { return perform(machine.probeFailed()) }
        guard link === self.link else { return }
        fail(error)
    }

    /// The connection has failed.
    func fail(_ error: ClientError) {
        logger.debug("connection failed: \(error)", metadata: ["server": "\(server.authority)"])
        perform(machine.failed(error))
    }

    private func receivedOverProbe(_ frame: Frame) {
        var codec = settings.revision.makeCodec(.engineIO, settings.payloadLimits)
        var isAnswer = false
        // Anything but the answer to the probe ends the upgrade, not the connection.
        do throws(WireError) {
            try codec.decode(frame) { if case .pong(probe: true) = $0 { isAnswer = true } }
        } catch {
            logger.debug("the answer to the probe can't be read: \(error)")
        }
        perform(isAnswer ? machine.probeAnswered() : machine.probeFailed())
    }

    private func greet(_ frame: Frame) {
        do throws(WireError) {
            let greeting = try ServerGreeting.read(frame, of: settings.revision)
            greeted(greeting)
            if let rest = greeting.rest, session != nil { decode(.text(rest)) }
        } catch {
            fail(.protocolViolation("the first packet: \(error)"))
        }
    }

    /// The connection is open.
    func greeted(_ greeting: ServerGreeting) {
        let timing = settings.revision.timing
        // 0.6 tells no times: its reference server's are assumed.
        let handshake =
            greeting.handshake
            ?? Handshake(
                sid: greeting.sid,
                upgrades: [],
                pingInterval: timing.pingInterval,
                pingTimeout: timing.pingTimeout * 3,
                maximumPayload: 1_000_000
            )
        lastFailure = nil
        session = ClientSession(sid: greeting.sid, handshake: handshake)
        lastHeard = eventLoop.now
        answeredBytes = 0
        link?.greeted(sid: greeting.sid, maximumPayload: handshake.maximumPayload)
        if pauses > 0 { link?.setReading(false) }
        metrics.connections.increment()
        perform(machine.greeted(handshake))
        if !isInBatch { link?.flush() }
    }

    private func decode(_ frame: Frame) {
        // A handler may send, which would be another access to this object's codecs, and may end the connection.
        let number = sessionNumber
        var codec = decoder
        defer { if number == sessionNumber { decoder = codec } }
        do throws(WireError) {
            try codec.decode(frame) { take($0) }
        } catch {
            fail(.protocolViolation(error.description))
        }
    }

    private func take(_ packet: Packet) {
        // A packet of the same frame may have ended the connection.
        guard session != nil else { return }
        receivedPackets += 1
        switch packet {
        case .event(let namespace, let id, let name, let arguments):
            socket(in: namespace)?.receive(name, arguments, id)
        case .acknowledgement(let namespace, let id, let arguments):
            socket(in: namespace)?.acknowledged(id, arguments)
        case .message(let namespace, let id, let message):
            socket(in: namespace)?.receive(message, id)
        case .ping: answer(.pong(probe: false), weight: 0)
        case .pong: receivedPong()
        case .connect(let namespace, _, let payload): letIn(namespace, payload)
        case .connectError(let namespace, let payload):
            if forgetAbandoned(namespace) {
                socket(in: namespace)?.joinAfterAnswer()
            } else {
                socket(in: namespace)?.refused(payload)
            }
            if settings.revision.rules.rootIsSession, namespace.utf8.elementsEqual("/".utf8) { fail(.transportClosed) }
        case .disconnect(let namespace): disconnected(namespace)
        case .receiptRequest(let namespace, let id):
            answer(.acknowledgement(namespace: namespace, id: id, arguments: Arguments()), weight: 0)
        case .close: fail(.transportClosed)
        case .open, .noop, .upgrade: break
        }
    }

    /// Sends what the server has asked for: a pong, a receipt, or an acknowledgement of about `weight` bytes.
    ///
    /// What the program sends is bounded before. A server that asks for answers and doesn't read them would fill the memory, therefore
    /// it loses the connection.
    func answer(_ packet: Packet, weight: Int) {
        let limit = settings.limits.maximumBufferedBytes
        // An answer without a byte costs memory too.
        answeredBytes += weight + 64
        guard answeredBytes <= limit || bufferedBytes <= limit else { return fail(.bufferFull) }
        send(packet)
    }

    /// The server has let a socket in.
    private func letIn(_ namespace: String, _ payload: JSONSlice?) {
        if namespace.utf8.elementsEqual("/".utf8) { implicitRoot = .joined }
        let isAbandoned = forgetAbandoned(namespace)
        guard let socket = socket(in: namespace) else {
            if isAbandoned { sayGoodbye(namespace) }
            return
        }
        guard isAbandoned else { return socket.joined(payload) }
        sayGoodbye(namespace)
        socket.joinAfterAnswer()
    }

    /// The server has disconnected a socket; in revisions in which the socket of `/` is the connection, perhaps all.
    private func disconnected(_ namespace: String?) {
        if namespace.map({ $0.utf8.elementsEqual("/".utf8) }) ?? true { implicitRoot = .left }
        let isAll =
            namespace == nil
            || settings.revision.rules.rootIsSession && namespace.map { $0.utf8.elementsEqual("/".utf8) } ?? true
        guard isAll else {
            if let namespace { socket(in: namespace)?.disconnectedByServer() }
            return
        }
        for socket in sockets { socket.disconnectedByServer() }
    }

    /// The socket in a namespace; nil for one that the program doesn't use.
    func socket(in namespace: String) -> ClientSocket? {
        let length = namespace.utf8.count
        // Every namespace begins with a slash, so `/` is the only one with one byte.
        return sockets.first {
            $0.namespaceLength == length && (length == 1 || $0.namespace.hasSameBytes(as: namespace))
        }
    }
}
