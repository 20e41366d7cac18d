import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// Frames as the bodies of answered polls: each `GET` takes one batch away.
///
/// `@unchecked Sendable`: references travel in closures, but every property is used on the connection's loop only.
final class PollingTransport: Transport, @unchecked Sendable {
    let name: String
    private let payload: any PayloadCodec
    private let supportsBinary: Bool
    /// The poll that waits for its answer, and whose it is: gets back what was written to a poll that broke off meanwhile.
    ///
    /// Held no longer than the poll waits, so not weakly (see `Connection.open`).
    private var waiting: (poll: PendingPoll, connection: Connection)?

    init(name: String, payload: any PayloadCodec, supportsBinary: Bool) {
        self.name = name
        self.payload = payload
        self.supportsBinary = supportsBinary
    }

    var isWritable: Bool { waiting != nil }
    var bufferedBytes: Int { 0 }
    var kind: TransportKind { .polling }

    /// Takes a poll to answer; false if one waits already.
    func attach(_ poll: PendingPoll, of connection: Connection) -> Bool {
        guard waiting == nil else { return false }
        waiting = (poll, connection)
        return true
    }

    /// Whether `poll` still waits for its answer.
    func isWaiting(_ poll: PendingPoll) -> Bool { waiting?.poll === poll }

    func write(_ frame: Frame) { write([frame]) }

    func write(_ shared: SharedPacket.Encoded) { write(shared.frames) }

    /// Answers the poll; without frames by an empty payload.
    func write(_ frames: [Frame]) {
        guard let (poll, connection) = waiting else { return }
        waiting = nil
        let (body, isBinary) = payload.encode(frames, supportsBinary: supportsBinary)
        let mayComeAgain = connection.revision.rules.outlivesPolls && !frames.isEmpty
        poll.answer(body, isBinary: isBinary, unlessHalfClosed: mayComeAgain) { isSent in
            guard !isSent, !frames.isEmpty else { return }
            connection.run { $0.requeue(frames) }
        }
    }

    /// Gives the pending poll back because a newer one takes its place, or its client gave it up.
    func release(saying noop: Frame?) {
        if waiting != nil { write(noop.map { [$0] } ?? []) }
    }

    /// Forgets a poll that its client gave up.
    func forget(_ poll: PendingPoll) {
        if isWaiting(poll) { waiting = nil }
    }

    func flush() {
        // A poll is answered, and the answer flushed, as soon as it is written.
    }

    func setReading(_ isReading: Bool) {
        // The connection holds the answer to the POST back instead; see `PollingExchange`.
    }

    func close(saying closePacket: Frame?) {
        if let closePacket { write(closePacket) }
        // A generation without a word for it takes any status but 200 for the end.
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
