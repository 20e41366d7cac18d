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

    init(name: String, payload: any PayloadCodec, supportsBinary: Bool) {
        self.name = name
        self.payload = payload
        self.supportsBinary = supportsBinary
    }

    var isWritable: Bool { poll != nil }
    var bufferedBytes: Int { 0 }
    var prefersBatches: Bool { true }
    /// python-engineio refuses payloads with more than 16 packets (`Payload.max_decode_packets`, 4.x) and drops its
    /// session; the rest follows with the next poll, which comes at once.
    var maximumBatch: Int { 16 }

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

    func write(_ frames: [Frame]) {
        guard let poll, !frames.isEmpty else { return }
        self.poll = nil
        let (body, isBinary) = payload.encode(frames, supportsBinary: supportsBinary)
        poll.answer(body, isBinary: isBinary)
    }

    func flush() {
        // A poll is answered, and the answer flushed, as soon as it is written.
    }

    func setReading(_ isReading: Bool) {
        // The connection holds the answer to the POST back instead; see `PostedPayload`.
    }

    func close(saying closePacket: Frame?) {
        if let closePacket { write(closePacket) }
        poll?.refuse(.badRequest)
        poll = nil
    }
}
