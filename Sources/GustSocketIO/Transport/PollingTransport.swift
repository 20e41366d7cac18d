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
    /// The pending poll, and its connection, which gets frames back that were written to a poll that was aborted meanwhile.
    ///
    /// Kept only while the poll is pending, so the reference isn't weak (see `Connection.open`).
    private var waiting: (poll: PendingPoll, connection: Connection)?
    /// How many responses with frames have been written and not confirmed.
    private var unconfirmed = 0
    private(set) var bufferedBytes = 0
    private var whenConfirmed: [(Bool) -> Void] = []

    var repetition = RequestRepetition()

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
    func attach(_ poll: PendingPoll, of connection: Connection) -> Bool {
        if repetition.isRepeated(poll: poll.stamp) {
            if let earlier = waiting?.poll {
                waiting = (poll, connection)
                earlier.abort()
                return true
            }
            if let response = repetition.repeatedResponse() {
                poll.answer(response.bytes, isBinary: response.isBinary, unlessHalfClosed: false) { _ in }
                return true
            }
        }
        guard waiting == nil else { return false }
        waiting = (poll, connection)
        return true
    }

    /// Whether `poll` is the pending poll.
    func isWaiting(_ poll: PendingPoll) -> Bool { waiting?.poll === poll }

    func write(_ frame: Frame) { write([frame]) }

    func write(_ shared: SharedPacket.Encoded) { write(shared.frames) }

    /// Answers the poll with the frames; without frames, with an empty payload.
    func write(_ frames: [Frame]) {
        guard let (poll, connection) = waiting else { return }
        waiting = nil
        let (body, isBinary) = payload.encode(frames, supportsBinary: supportsBinary)
        let number = repetition.answer(body, isBinary: isBinary)
        let mayComeAgain = connection.revision.rules.outlivesPolls && !frames.isEmpty
        let byteCount = body.readableBytes
        unconfirmed += 1
        bufferedBytes += byteCount
        poll.answer(body, isBinary: isBinary, unlessHalfClosed: mayComeAgain) { isSent in
            // Not by `run` on the loop, which would allocate a closure for each poll.
            guard !connection.isOnLoop else { return self.confirm(isSent, frames, number, byteCount, connection) }
            connection.run { self.confirm(isSent, frames, number, byteCount, $0) }
        }
    }

    /// Records that a response has been sent, or puts its frames back into the outbox.
    private func confirm(_ isSent: Bool, _ frames: [Frame], _ number: Int, _ byteCount: Int, _ connection: Connection) {
        unconfirmed -= 1
        bufferedBytes -= byteCount
        // A response that the client has asked for again has been sent by that.
        let isSent = isSent || !frames.isEmpty && !repetition.mustResend(number)
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
        waiting?.poll.refuse(.notFound)
        waiting = nil
    }

    func refuse(_ refusal: RefusalBody) {
        waiting?.poll.refuse(refusal)
        waiting = nil
    }

    func abort() {
        waiting?.poll.abort()
        waiting = nil
    }
}
