import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// Sends frames as the bodies of responses to polls: each `GET` fetches one batch.
///
/// `@unchecked Sendable`: references travel in closures, but every property is used on the connection's loop only.
final class PollingTransport: Transport, @unchecked Sendable {
    let name: String
    private let payload: any PayloadCodec
    private let supportsBinary: Bool
    // Exclusivity isn't checked at run time: each use of these properties is a load, a store, or a call into a value that makes no calls
    // to this object, so no two uses overlap on the loop.
    /// The pending poll, with its connection, which gets frames back that were written to a poll that was aborted meanwhile.
    ///
    /// Kept only while the poll is pending, so the reference isn't weak (see `Connection.open`).
    @exclusivity(unchecked) private var waiting: PendingPoll?
    /// How many responses with frames have been written and not confirmed.
    @exclusivity(unchecked) private var unconfirmed = 0
    @exclusivity(unchecked) private(set) var bufferedBytes = 0
    @exclusivity(unchecked) private var whenConfirmed: [(Bool) -> Void] = []
    @exclusivity(unchecked) private var repetition = RequestRepetition()

    init(name: String, payload: any PayloadCodec, supportsBinary: Bool) {
        self.name = name
        self.payload = payload
        self.supportsBinary = supportsBinary
    }

    var isWritable: Bool { waiting != nil }
    var kind: TransportKind { .polling }
    var polling: PollingTransport? { self }

    /// Sets the pending poll; false if there is one already.
    ///
    /// If the last poll comes once more, it takes the place of the pending poll, or gets the same response again.
    func attach(_ poll: PendingPoll) -> Bool {
        if repetition.isRepeated(poll: poll.stamp) {
            if let earlier = waiting {
                waiting = poll
                earlier.abort()
                return true
            }
            if let response = repetition.repeatedResponse() {
                poll.answer(response.bytes, isBinary: response.isBinary, nil, unlessHalfClosed: false)
                return true
            }
        }
        guard waiting == nil else { return false }
        waiting = poll
        return true
    }

    /// Whether `poll` is the pending poll.
    func isWaiting(_ poll: PendingPoll) -> Bool { waiting === poll }

    /// Whether the last `POST` that was accepted had the same parameter `t`; see ``RequestRepetition``.
    func isRepeated(post stamp: ByteText?) -> Bool { repetition.isRepeated(post: stamp) }

    /// Records a `POST` that was accepted.
    func accept(post stamp: ByteText?) { repetition.accept(post: stamp) }

    func write(_ frame: Frame) { write([frame]) }

    func write(_ shared: SharedPacket.Encoded) { write(shared.frames) }

    /// Answers the poll with the frames; without frames, with an empty payload.
    func write(_ frames: [Frame]) {
        guard let poll = waiting else { return }
        waiting = nil
        let (body, isBinary) = payload.encode(frames, supportsBinary: supportsBinary)
        let number = repetition.answer(body, isBinary: isBinary)
        let mayComeAgain = poll.connection.revision.rules.outlivesPolls && !frames.isEmpty
        let byteCount = body.readableBytes
        unconfirmed += 1
        bufferedBytes += byteCount
        let delivery = PollDelivery(transport: self, frames: frames, number: number, byteCount: byteCount)
        poll.answer(body, isBinary: isBinary, delivery, unlessHalfClosed: mayComeAgain)
    }

    /// Records that a response has been sent, or puts its frames back into the outbox.
    func confirm(_ isSent: Bool, _ delivery: PollDelivery, _ connection: Connection) {
        let frames = delivery.frames
        unconfirmed -= 1
        bufferedBytes -= delivery.byteCount
        // A response that the client has asked for again has been sent by that.
        let isSent = isSent || !frames.isEmpty && !repetition.mustResend(delivery.number)
        if !isSent, !frames.isEmpty { connection.requeue(frames) }
        if !connection.waitingPackets.isEmpty { connection.admitWaitingPackets() }
        guard unconfirmed == 0 || !isSent, !whenConfirmed.isEmpty else { return }
        let waiting = whenConfirmed
        whenConfirmed = []
        for body in waiting { body(isSent) }
    }

    func whenFlushed(_ body: @escaping (Bool) -> Void) {
        if unconfirmed == 0 { body(true) } else { whenConfirmed.append(body) }
    }

    /// Removes and returns the pending poll, because a newer poll replaces it, or because the client aborted it.
    func release(saying noop: Frame?) {
        if waiting != nil { write(noop.map { [$0] } ?? []) }
    }

    /// Removes a poll that the client aborted.
    func forget(_ poll: PendingPoll) {
        if isWaiting(poll) { waiting = nil }
    }

    func flush() {
        // The response to a poll is flushed when it is written.
    }

    func setReading(_ isReading: Bool) {
        // To stop reading, the connection holds back the response to the POST; see `PollingExchange`.
    }

    func close(saying closePacket: Frame?) {
        if let closePacket { write(closePacket) }
        // Clients of a revision without a close packet take any status but 200 for the end of the connection.
        waiting?.refuse(.notFound)
        waiting = nil
    }

    func refuse(_ refusal: RefusalBody) {
        waiting?.refuse(refusal)
        waiting = nil
    }

    func abort() {
        waiting?.abort()
        waiting = nil
    }
}
