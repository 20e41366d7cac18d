import GustHTTP
import NIOCore
import Synchronization

/// One end of a tunnel: a stream of bytes to another node over the bus, with a window in each direction.
///
/// A message that is missing or out of order ends the tunnel. `@unchecked Sendable`: used on its loop only.
final class TunnelEnd: ByteConnection, @unchecked Sendable {
    /// How many bytes each end may send before the other one has taken them.
    static let window = 256 * 1_024
    /// How many bytes may wait here before ``isWritable`` is `false`.
    private static let highWaterMark = 64 * 1_024

    let eventLoop: any EventLoop
    /// The tag of the other node.
    let peer: String
    let identifier: TunnelMessage.Identifier
    private let tunnels: BusTunnels
    private var receiver: (any ByteReceiver)?
    /// Called once: with `true` when the other node has accepted the tunnel, with `false` if the tunnel ends before.
    private var whenAccepted: ((Bool) -> Void)?
    private var output = ByteBuffer()
    private var credit = TunnelEnd.window
    /// The number of the next message; changed on the loop, after the message before it has been given to the bus.
    let nextSent = Atomic<UInt32>(0)
    private var nextReceived: UInt32 = 0
    /// Bytes that were received while reading was paused; at most a window.
    private var held = ByteBuffer()
    /// Bytes that were taken and for which the other end has no new credit yet.
    private var taken = 0
    private var isPaused: Bool
    private var isFinishing = false
    private var hasEnded = false
    private var hasPeerEnded = false

    /// Makes an end; that of the opener begins when the tunnel is accepted.
    init(
        _ tunnels: BusTunnels,
        _ peer: String,
        _ identifier: TunnelMessage.Identifier,
        on eventLoop: any EventLoop,
        isPaused: Bool
    ) {
        self.tunnels = tunnels
        self.peer = peer
        self.identifier = identifier
        self.eventLoop = eventLoop
        self.isPaused = isPaused
    }

    // MARK: Opening

    func open(_ completion: @escaping (Bool) -> Void) {
        whenAccepted = completion
        send(.open)
    }

    func accept() { send(.accepted) }

    func begin(_ receiver: any ByteReceiver) {
        guard !hasEnded else { return receiver.closed() }
        self.receiver = receiver
        deliver()
    }

    // MARK: ByteConnection

    var isWritable: Bool { !hasEnded && !isFinishing && output.readableBytes < Self.highWaterMark }

    func write(_ bytes: ByteBuffer) {
        guard !hasEnded, !isFinishing else { return }
        output.writeImmutableBuffer(bytes)
        pump()
    }

    func finish() {
        guard !hasEnded, !isFinishing else { return }
        isFinishing = true
        pump()
    }

    func abort() {
        guard !hasEnded else { return }
        send(.end)
        end()
    }

    func pauseReading() { isPaused = true }

    func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        deliver()
    }

    private func pump() {
        let wasWritable = isWritable
        while !hasEnded, credit > 0, output.readableBytes > 0 {
            let length = min(credit, output.readableBytes, TunnelMessage.maximumPayload)
            guard let piece = output.readSlice(length: length) else { return }
            credit -= length
            send(.data, piece)
        }
        if output.readableBytes == 0 { output = ByteBuffer() }
        if isFinishing, output.readableBytes == 0 { return abort() }
        if isWritable != wasWritable { receiver?.writabilityChanged(isWritable: isWritable) }
    }

    private func send(_ kind: TunnelMessage.Kind, _ payload: ByteBuffer = ByteBuffer()) {
        let number = nextSent.load(ordering: .relaxed)
        guard tunnels.send(kind, to: peer, identifier, number, payload) else { return end() }
        nextSent.store(number &+ 1, ordering: .releasing)
    }

    // MARK: Messages

    func receive(_ message: TunnelMessage) {
        guard !hasEnded else { return }
        guard message.sequence == nextReceived else { return abort() }
        nextReceived &+= 1
        switch message.kind {
        case .open, .alive, .gone, .left: break
        case .accepted:
            let whenAccepted = whenAccepted
            self.whenAccepted = nil
            whenAccepted?(true)
        case .data:
            guard held.readableBytes + taken + message.payload.readableBytes <= Self.window else { return abort() }
            held.writeImmutableBuffer(message.payload)
            deliver()
        case .window:
            let wasWritable = isWritable
            var payload = message.payload
            guard let count = payload.readInteger(as: UInt32.self), credit + Int(count) <= Self.window else {
                return abort()
            }
            credit += Int(count)
            pump()
            if isWritable, !wasWritable { receiver?.writabilityChanged(isWritable: true) }
        case .end:
            hasPeerEnded = true
            deliver()
        }
    }

    /// Ends the tunnel if messages before the number `next` are missing.
    func expect(_ next: UInt32) {
        guard !hasEnded, Int32(bitPattern: next &- nextReceived) > 0 else { return }
        abort()
    }

    private func deliver() {
        guard let receiver, !isPaused else { return }
        if held.readableBytes > 0 {
            let bytes = held
            held = ByteBuffer()
            taken += bytes.readableBytes
            receiver.receive(bytes)
            if taken >= Self.window / 4, !hasEnded, !hasPeerEnded {
                send(.window, ByteBuffer(integer: UInt32(taken)))
                taken = 0
            }
        }
        if hasPeerEnded, held.readableBytes == 0 { end() }
    }

    /// Ends this end; the other node is gone, or has been told.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        output = ByteBuffer()
        held = ByteBuffer()
        tunnels.remove(self)
        let whenAccepted = whenAccepted
        self.whenAccepted = nil
        whenAccepted?(false)
        let receiver = receiver
        self.receiver = nil
        receiver?.closed()
    }
}
