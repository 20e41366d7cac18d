import GustHTTP
import GustWire
import Logging
import NIOCore

/// What comes, and what each packet means.
extension Connection: PacketReceiver {
    /// Takes one frame.
    func receive(_ frame: Frame) {
        guard !machine.hasEnded else { return }
        assert(!isHandling, "a frame was received while a packet is being handled")
        counters.bytesIn.add(frame.byteCount)
        if let tap { tap.record(frame, isSent: false) }
        let shard = beginHandling()
        do throws(WireError) {
            try decoder.decode(frame) { packet in receive(consume packet) }
        } catch {
            fail(error)
        }
        endHandling(on: shard)
    }

    /// Takes one text frame that stands in a buffer of several.
    ///
    /// - Parameters:
    ///   - bytes: The frame, valid UTF-8; used during the call only.
    ///   - index: The index of its first byte in `buffer`.
    ///   - buffer: The buffer that has the frame among its readable bytes.
    @inline(__always)
    func receive(text bytes: UnsafeRawBufferPointer, at index: Int, of buffer: ByteBuffer) {
        guard !machine.hasEnded else { return }
        assert(!isHandling, "a frame was received while a packet is being handled")
        counters.bytesIn.add(bytes.count)
        if let tap, let text = buffer.getSlice(at: index, length: bytes.count) {
            tap.record(.text(text), isSent: false)
        }
        let shard = beginHandling()
        do throws(WireError) {
            try decoder.decode(text: bytes, at: index, of: buffer, to: self)
        } catch {
            fail(error)
        }
        endHandling(on: shard)
    }

    /// Ends the connection because of a frame that isn't a packet.
    private func fail(_ error: WireError) {
        io.logger.debug("closing a connection", metadata: ["sid": "\(sid)", "error": "\(error)"])
        transportEnded(.parseError, DisconnectDetails("\(error)"))
    }

    /// Until ``endHandling(on:)``, what handlers send is sent by this connection.
    ///
    /// - Returns: the loop's shard, which an upgrade meanwhile doesn't change; the server keeps its shards for life.
    func beginHandling() -> Unmanaged<LoopShard> {
        let shard = home.unretainedShard
        isHandling = true
        shard._withUnsafeGuaranteedRef { $0.receiving = Unmanaged.passUnretained(self) }
        return shard
    }

    func endHandling(on shard: Unmanaged<LoopShard>) {
        isHandling = false
        shard._withUnsafeGuaranteedRef { $0.receiving = nil }
    }

    /// Takes the frames of one payload; what they cause to be sent leaves together at the end.
    func receivePayload(_ body: ByteBuffer, isBinary: Bool, isScript: Bool) {
        isReceiving = true
        do throws(WireError) {
            let body = isBinary ? body : try revision.posted(body, isScript)
            try revision.payload.decode(body, isBinary: isBinary, limits: io.payloadLimits) {
                (frame) throws(WireError) in
                guard case .text(let text) = frame else { return receive(frame) }
                text.withUnsafeReadableBytes { receive(text: $0, at: text.readerIndex, of: text) }
            }
        } catch {
            fail(error)
        }
        isReceiving = false
        flush()
    }

    /// Ends the connection if a packet has waited for attachments since the last heartbeat; else remembers what waits.
    func checkAwaitedPacket() {
        guard machine.isOpen else { return }
        releaseRareState()
        let awaited = decoder.awaitedPacket
        if let awaited, awaited === awaitedPacket {
            io.logger.debug("closing a connection", metadata: ["sid": "\(sid)", "error": "missing attachments"])
            return transportEnded(.parseError, DisconnectDetails("the attachments of a packet are missing"))
        }
        awaitedPacket = awaited
    }

    /// Takes an event of `/`.
    func receive(event name: UnsafeRawBufferPointer, id: Int?, arguments: consuming Arguments) {
        guard !home.reading.holdsPackets, machine.isOpen, let socket = rootSocket else {
            let name = String(decoding: name, as: UTF8.self)
            return receive(.event(namespace: "/", id: id, name: name, arguments: arguments))
        }
        counters.packetsIn.add()
        socket.receive(event: name, id: id, arguments: arguments)
    }

    /// Takes one decoded packet; one that comes while reading has stopped waits.
    func receive(_ packet: consuming Packet) {
        guard home.reading.holdsPackets, machine.isOpen, home.reading.holds(packet) else { return perform(packet) }
        if !home.reading.hold(packet) { apply(.transportEnded(.transportError)) }
    }

    /// Does what a packet means.
    func perform(_ packet: consuming Packet) {
        guard machine.isOpen else {
            // While this side closes, the other may say the same; nothing else is listened to.
            if case .close = packet { apply(.receivedClose) }
            return
        }
        counters.packetsIn.add()
        switch consume packet {
        case .event(let namespace, let id, let name, let arguments):
            guard let socket = socket(in: namespace) else { return refuseStray("an event before CONNECT") }
            socket.receive(name: name, arguments: arguments, id: id)
        case .message(let namespace, _, let message):
            guard let socket = socket(in: namespace) else { return refuseStray("a message before CONNECT") }
            socket.receive(message)
        case .acknowledgement(let namespace, let id, let arguments):
            guard let socket = socket(in: namespace) else { return refuseStray("an acknowledgement before CONNECT") }
            socket.resolveAcknowledgement(id: id, .success(arguments))
        case .ping: apply(.receivedPing)
        case .pong:
            if recovers { for socket in sockets { socket.recovery?.heartbeatAnswered() } }
            apply(.receivedPong)
        case .close: apply(.receivedClose)
        case .connect(let namespace, let query, let payload): join(namespace, query: query, payload: payload)
        case .disconnect(let namespace): leave(namespace)
        case .receiptRequest(let namespace, let id):
            send(.acknowledgement(namespace: namespace, id: id, arguments: Arguments()))
        case .connectError: refuseStray("a CONNECT_ERROR from a client")
        default:
            // Packets that only a server sends, or that belong to a probe: without meaning here, and harmless.
            break
        }
    }

    private func leave(_ namespace: String?) {
        guard let namespace else { return apply(.transportEnded(.clientNamespaceDisconnect)) }
        guard let socket = socket(in: namespace) else { return refuseStray("a DISCONNECT before CONNECT") }
        setSocket(nil, in: namespace)
        socket.leaveNamespace(.clientNamespaceDisconnect)
    }

    /// A packet that has no place where it came: dropped, or the end, as the generation has it.
    func refuseStray(_ what: String) {
        guard !revision.rules.dropsStrayPackets else { return }
        io.logger.debug("closing a connection", metadata: ["sid": "\(sid)", "error": "\(what)"])
        transportEnded(.parseError, DisconnectDetails("the client sent \(what)"))
    }
}
