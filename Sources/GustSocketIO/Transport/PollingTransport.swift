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
    private var poll: PendingPoll?
    /// Gets what was written to a poll that broke off meanwhile.
    weak var connection: Connection?

    init(name: String, payload: any PayloadCodec, supportsBinary: Bool) {
        self.name = name
        self.payload = payload
        self.supportsBinary = supportsBinary
    }

    var isWritable: Bool { poll != nil }
    var bufferedBytes: Int { 0 }
    var kind: TransportKind { .polling }

    /// Takes a poll to answer; false if one waits already.
    func attach(_ poll: PendingPoll) -> Bool {
        guard self.poll == nil else { return false }
        self.poll = poll
        return true
    }

    /// Whether `poll` still waits for its answer.
    func isWaiting(_ poll: PendingPoll) -> Bool { self.poll === poll }

    func write(_ frame: Frame) { write([frame]) }

    func write(_ shared: SharedPacket.Encoded) { write(shared.frames) }

    /// Answers the poll; without frames by an empty payload.
    func write(_ frames: [Frame]) {
        guard let poll else { return }
        self.poll = nil
        let (body, isBinary) = payload.encode(frames, supportsBinary: supportsBinary)
        poll.answer(body, isBinary: isBinary) { [weak connection] isSent in
            guard !isSent, !frames.isEmpty else { return }
            connection?.run { $0.requeue(frames) }
        }
    }

    /// Gives the pending poll back because a newer one takes its place, or its client gave it up.
    func release(saying noop: Frame?) {
        if poll != nil { write(noop.map { [$0] } ?? []) }
    }

    /// Forgets a poll that its client gave up.
    func forget(_ poll: PendingPoll) {
        if self.poll === poll { self.poll = nil }
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
        poll?.refuse(.notFound)
        poll = nil
    }

    func refuse(_ refusal: RefusalBody) {
        poll?.refuse(refusal)
        poll = nil
    }

    func abort() {
        poll?.abort()
        poll = nil
    }
}
