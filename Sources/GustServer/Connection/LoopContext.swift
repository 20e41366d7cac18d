import GustFraming
import GustHTTP
import NIOCore

/// The objects that the connections of one loop share.
///
/// Used on the loop only.
///
/// `@unchecked Sendable`: the reference is made by the server and handed to the loop; every property but the constant
/// ones is used on that loop only.
final class LoopContext: @unchecked Sendable {
    let executor: LoopExecutor
    /// Compresses messages of the loop's WebSockets; allocates its memory when it is first used.
    let compression = MessageCompression()
    /// Finds the sockets of the loop's channels.
    let sockets = ChannelSockets()
    /// The WebSockets of the loop that wait to be flushed.
    private let unflushed: UnflushedWebSockets
    /// The host that requests on the loop name.
    let knownHost = KnownHost()
    private var participants = ObjectSet<any ShutdownParticipant>()
    private(set) var isShuttingDown = false
    private var drain: DrainWindow?
    // `@exclusivity(unchecked)` is safe: each access is a load, a store or an append, which call nothing back.
    /// A buffer that no response uses now.
    @exclusivity(unchecked) private var spare: ByteBuffer?
    /// The memory for the frames of a burst, which no WebSocket uses now.
    @exclusivity(unchecked) private var spareFrames = FrameBuffer()
    /// The memory for the inputs of a read, which no WebSocket uses now.
    @exclusivity(unchecked) private var spareInputs: WebSocketInputs?
    /// A buffer that no channel reads into now.
    @exclusivity(unchecked) private var spareReadBuffer: ByteBuffer?
    private(set) var burstLength = LoopContext.shortestBurst
    private var dateText = ""
    /// The beginning of heads with ``date``.
    @exclusivity(unchecked) private var start = HTTPHeadStart(date: "")
    @exclusivity(unchecked) private var dateExpiry = NIODeadline.uptimeNanoseconds(0)

    init(executor: LoopExecutor) {
        self.executor = executor
        unflushed = UnflushedWebSockets(executor.eventLoop)
    }

    /// The smallest capacity, in bytes, of the buffer for the responses of a read burst.
    private static let shortestBurst = 512

    /// Records how long the responses of a read burst were, so that the next buffer is allocated about as large.
    func noteBurst(_ length: Int) {
        // The size decays within a dozen short bursts: one long response doesn't predict the responses of other connections.
        burstLength = max(Self.shortestBurst, length + PreparedMessage.longestHeader, burstLength - burstLength / 4)
    }

    /// The current date as the value of a header field; formatted at most twice a second.
    var date: String {
        updateDate()
        return dateText
    }

    /// The beginning of the heads of responses that are sent now.
    var headStart: HTTPHeadStart {
        updateDate()
        return start
    }

    private func updateDate() {
        let now = executor.eventLoop.now
        guard now >= dateExpiry else { return }
        dateText = HTTPDate.now.description
        start = HTTPHeadStart(date: dateText)
        dateExpiry = now + .milliseconds(500)
    }

    /// An empty buffer for responses, to be returned by ``giveBack(_:)``.
    func takeBuffer() -> ByteBuffer {
        guard var buffer = spare.take() else { return ByteBufferAllocator().buffer(capacity: burstLength) }
        // This allocates new memory if the channel still has bytes of the buffer to send.
        buffer.clear()
        return buffer
    }

    /// Takes a buffer whose bytes were handed to the channel; the next responses of the loop are written to the same memory.
    func giveBack(_ buffer: ByteBuffer) {
        if buffer.writerIndex <= Self.largestSpare { spare = buffer }
    }

    /// The most bytes in a buffer that is used again.
    private static let largestSpare = 16 * 1_024

    /// Memory for the frames of a burst, to be returned by ``giveBack(_:)-(FrameBuffer)``.
    func takeFrames() -> FrameBuffer {
        spareFrames.isUnused ? FrameBuffer(capacity: burstLength) : spareFrames.take()
    }

    /// Takes the memory of frames that have been sent; the next WebSocket that sends uses the same memory.
    func giveBack(_ frames: consuming FrameBuffer) {
        guard frames.capacity <= Self.largestSpare else { return }
        frames.clear()
        spareFrames = frames
    }

    /// Memory for the inputs of a read, to be returned by ``giveBack(_:)-(WebSocketInputs)``.
    func takeInputs() -> WebSocketInputs { spareInputs.take() ?? WebSocketInputs() }

    /// Takes the inputs of a read that have been delivered; the next WebSocket that reads uses the same memory.
    func giveBack(_ inputs: WebSocketInputs) {
        inputs.removeAll()
        spareInputs = inputs
    }

    /// A buffer for a small read, to be returned by ``giveBack(read:)`` if nobody keeps parts of it.
    func takeReadBuffer() -> ByteBuffer {
        guard var buffer = spareReadBuffer.take() else {
            return ByteBufferAllocator().buffer(capacity: Int(ReadBufferAllocator.shared))
        }
        // This allocates new memory if a handler has kept a part of the last read.
        buffer.clear()
        return buffer
    }

    /// Takes the buffer of a read that has been handled; the next small read of the loop uses the same memory.
    func giveBack(read buffer: ByteBuffer) {
        if buffer.capacity == Int(ReadBufferAllocator.shared) { spareReadBuffer = buffer }
    }

    /// Flushes `webSocket` at the end of this turn of the loop, with all others that sent something in it.
    func flushLater(_ webSocket: WebSocketChannelHandler) { unflushed.append(webSocket) }

    /// Adds a participant until ``remove(_:)``.
    func add(_ participant: any ShutdownParticipant) {
        participants.insert(participant)
        if isShuttingDown { return participant.beginShutdown() }
        if let drain { shutDown(participant, in: drain) }
    }

    func remove(_ participant: any ShutdownParticipant) {
        participants.remove(participant)
    }

    /// Ends the participants at random times within `window`, so that their clients don't reconnect at once.
    func beginDraining(over window: TimeAmount) {
        let drain = DrainWindow(from: executor.eventLoop.now, window)
        self.drain = drain
        for participant in participants.elements { shutDown(participant, in: drain) }
    }

    private func shutDown(_ participant: any ShutdownParticipant, in drain: DrainWindow) {
        participant.beginDraining()
        let bound = NIOLoopBound(WeakParticipant(participant), eventLoop: executor.eventLoop)
        executor.eventLoop.scheduleTask(deadline: drain.randomTime) { [weak self] in
            guard let self, let participant = bound.value.participant, participants.contains(participant),
                !participant.awaitsFirstRequest
            else { return }
            participant.beginShutdown()
        }
    }

    /// Notifies all participants that the server stops.
    func beginShutdown() {
        isShuttingDown = true
        for participant in participants.elements { participant.beginShutdown() }
    }
}

/// A participant that the drain doesn't keep.
private struct WeakParticipant {
    private(set) weak var participant: (any ShutdownParticipant)?

    init(_ participant: any ShutdownParticipant) { self.participant = participant }
}
