import GustHTTP
import GustWire
import NIOCore

/// A way of answering a request that carries frames.
///
/// Knows no revision. Belongs to the loop of its connection.
protocol Transport: AnyObject {
    /// The name in URLs and in ``Socket/transport``, such as `polling`.
    var name: String { get }
    /// How it answers.
    var kind: TransportKind { get }
    /// Whether a frame written now leaves soon; while false the connection keeps frames in its outbox.
    var isWritable: Bool { get }
    /// How many bytes were written and still wait in this process.
    var bufferedBytes: Int { get }
    /// Sends one frame.
    func write(_ frame: Frame)
    /// Sends the text frame that `write` appends to the buffer it is given; nothing if it appends nothing.
    func write(textWrittenBy write: (inout ByteBuffer) -> Void)
    /// Sends frames as one batch.
    func write(_ frames: [Frame])
    /// Sends a message that was framed once for many.
    func write(_ shared: SharedPacket.Encoded)
    /// Hands what was written to the operating system now, not at the end of the burst.
    func flush()
    /// Stops and resumes reading from the peer.
    func setReading(_ isReading: Bool)
    /// Ends the transport; `closePacket` is what the revision says for "it is over", if it says anything.
    func close(saying closePacket: Frame?)
    /// Ends the transport before anything was said on it, with a refusal if it still can be told.
    func refuse(_ refusal: RefusalBody)
    /// Breaks the transport off without a word.
    func abort()
}

extension Transport {
    func write(textWrittenBy write: (inout ByteBuffer) -> Void) {
        var text = ByteBuffer()
        write(&text)
        if text.readableBytes > 0 { self.write(.text(text)) }
    }
}
