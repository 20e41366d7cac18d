import GustWire
import NIOCore

/// The frames that wait for a `POST`, and how many bytes they have.
struct PostQueue {
    /// The most frames of one `POST`: python-engineio refuses payloads with more (`Payload.max_decode_packets`, 4.x).
    private static let maximumBatch = 16

    private var frames = CircularBuffer<Frame>(initialCapacity: 1)
    private var waitingBytes = 0
    /// The bytes of the frames of the `POST` that is on its way.
    private var postedBytes = 0

    /// Whether no frame waits.
    var isEmpty: Bool { frames.isEmpty }

    /// The bytes that wait or are on their way; a frame without a byte costs memory too.
    var bytes: Int { waitingBytes + postedBytes + frames.count * 64 }

    mutating func add(_ frame: Frame) {
        frames.append(frame)
        waitingBytes += frame.bytes.readableBytes
    }

    /// Removes the frames of one `POST` of at most about `length` bytes; one frame at least.
    mutating func takeBatch(upTo length: Int) -> [Frame] {
        var batch: [Frame] = []
        var total = 0
        while let frame = frames.first {
            // Bytes are sent as base64, and each packet has a separator or a length.
            let bytes = frame.bytes.readableBytes
            let size = frame.isText ? bytes + 12 : bytes * 4 / 3 + 16
            guard batch.isEmpty || total + size <= length, batch.count < Self.maximumBatch else { break }
            total += size
            waitingBytes -= bytes
            postedBytes += bytes
            batch.append(frames.removeFirst())
        }
        return batch
    }

    /// The `POST` was answered.
    mutating func posted() { postedBytes = 0 }
}

extension Frame {
    /// The frame's bytes.
    var bytes: ByteBuffer {
        switch self {
        case .text(let bytes), .binary(let bytes): bytes
        }
    }

    /// Whether the frame is text.
    var isText: Bool { if case .text = self { true } else { false } }
}
