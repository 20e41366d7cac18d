import GustHTTP
import GustWire
import NIOCore

/// One WebSocket of a client: first perhaps a candidate of an upgrade, then the transport of a connection.
///
/// As the transport, it sends and receives frames: one frame is one message.
///
/// `@unchecked Sendable`: references travel to the connection's loop and back, but every property is used on the
/// WebSocket's own loop only; methods called from elsewhere hop first (`run`).
final class ConnectionWebSocket: WebSocketReceiver, Transport, @unchecked Sendable {
    private enum Role {
        // Indirect, so that a role is one word: it is read for each message.
        indirect case candidate(Connection, decoder: any Codec)
        /// The client said that it upgraded; frames wait until the connection has come over.
        indirect case waiting(Connection, EarlyFrames)
        case transport(Connection)
        case done
    }

    /// What came behind the upgrade, in the same read: the WebSocket's reading has stopped.
    private final class EarlyFrames {
        var frames = CircularBuffer<Frame>(initialCapacity: 1)
    }

    let name: String
    let webSocket: any WebSocketConnection
    let shard: LoopShard
    /// The revision that encodes binary frames as text for a client that can't receive binary messages; nil for other clients.
    let textRevision: Revision?
    /// Exclusivity needn't be checked at run time: it is only loaded and stored.
    @exclusivity(unchecked) private var role = Role.done
    /// The most frames of one read: more than there can be of the smallest.
    private static let maximumEarly = 16_384

    init(name: String, webSocket: any WebSocketConnection, shard: LoopShard, textRevision: Revision?) {
        self.name = name
        self.webSocket = webSocket
        self.shard = shard
        self.textRevision = textRevision
    }

    // MARK: Becoming something

    /// Carries `connection` from the start.
    func carry(_ connection: Connection) {
        role = .transport(connection)
    }

    /// Offers itself to `connection`, which may live on another loop.
    func offer(to connection: Connection) {
        role = .candidate(
            connection,
            decoder: connection.revision.makeCodec(.engineIO, connection.io.settings.payloadLimits)
        )
        connection.run { $0.attach(self) }
    }

    /// The connection has come over: what arrived meanwhile is delivered.
    func adopted(by connection: Connection) {
        guard case .waiting(_, let early) = role else {
            // The WebSocket closed while the connection was on its way here.
            return connection.transportEnded(.transportClose)
        }
        role = .transport(connection)
        while let frame = early.frames.popFirst() { connection.receive(frame) }
        if !connection.home.reading.isPaused { webSocket.resumeReading() }
    }

    /// Answers the client's probe.
    func answerProbe() {
        run { carrier in
            guard case .candidate(_, let codec) = carrier.role else { return }
            var text = ByteBuffer()
            codec.encode(.pong(probe: true), into: &text)
            carrier.webSocket.send(text: text)
        }
    }

    /// Closes without having become anything.
    func refuseCandidate() {
        run { carrier in
            carrier.role = .done
            carrier.webSocket.close(code: nil, reason: "")
        }
    }

    /// Lets go of the connection, which has ended and keeps this object as its transport.
    func letGo() { role = .done }

    private func run(_ body: @escaping @Sendable (ConnectionWebSocket) -> Void) {
        shard.run { body(self) }
    }

    // MARK: Receiving

    func receive(text bytes: UnsafeRawBufferPointer, at index: Int, of buffer: ByteBuffer) {
        if case .transport(let connection) = role { return connection.receive(text: bytes, at: index, of: buffer) }
        receiveEarly(.text(buffer.getSlice(at: index, length: bytes.count) ?? ByteBuffer()))
    }

    func receive(text: ByteBuffer) {
        if case .transport(let connection) = role { return connection.receive(.text(text)) }
        receiveEarly(.text(text))
    }

    func receive(binary: ByteBuffer) {
        if case .transport(let connection) = role { return connection.receive(.binary(binary)) }
        receiveEarly(.binary(binary))
    }

    func writabilityChanged(isWritable: Bool) {
        guard isWritable, case .transport(let connection) = role else { return }
        connection.flush()
    }

    func closed(_ closure: WebSocketClosure) {
        let former = role
        role = .done
        switch former {
        case .candidate(let connection, _): connection.run { $0.candidate(self, .candidateFailed) }
        case .transport(let connection):
            connection.run { $0.transportEnded(.transportClose, DisconnectDetails(closure)) }
        case .waiting, .done: break
        }
    }

    private func receiveEarly(_ frame: Frame) {
        switch role {
        case .candidate(let connection, var decoder):
            var event: ConnectionStateMachine.Event?
            do throws(WireError) {
                try decoder.decode(frame) { packet in event = Self.event(for: packet) }
            } catch {
                event = nil
            }
            guard let event else {
                refuseCandidate()
                return connection.run { $0.candidate(self, .candidateFailed) }
            }
            if event == .receivedUpgrade {
                role = .waiting(connection, EarlyFrames())
                webSocket.pauseReading()
            }
            connection.run { $0.candidate(self, event) }
        case .waiting(_, let early):
            // More than one read brings is more than a decent client sends before it is taken over.
            if early.frames.count < Self.maximumEarly { early.frames.append(frame) } else { webSocket.abort() }
        case .transport, .done:
            break
        }
    }

    private static func event(for packet: Packet) -> ConnectionStateMachine.Event? {
        switch packet {
        case .ping(probe: true): .receivedProbe
        case .upgrade: .receivedUpgrade
        default: nil
        }
    }
}
