import GustHTTP
import GustWire
import NIOCore

/// Carries the frames of a connection over HTTP responses or a WebSocket.
///
/// Independent of the revision. Used on the loop of its connection.
protocol Transport: AnyObject {
    /// The name in URLs and in ``Socket/transport``, such as `polling`.
    var name: String { get }
    /// The kind of response that carries its frames.
    var kind: TransportKind { get }
    /// This transport if it answers polls; nil for another one. A cast would cost as much as a packet.
    var polling: PollingTransport? { get }
    /// The WebSocket of which each message is a frame of this transport; nil for another transport.
    var webSocketConnection: (any WebSocketConnection)? { get }
    /// Whether a frame can be sent now; while it is false, the connection keeps frames in its outbox.
    var isWritable: Bool { get }
    /// How many written bytes have not been handed to the operating system.
    var bufferedBytes: Int { get }
    /// Sends one frame.
    func write(_ frame: Frame)
    /// Sends one frame; transports without compression of messages ignore `isCompressed`.
    func write(_ frame: Frame, isCompressed: Bool)
    /// Sends the text frame that `write` appends to the given buffer; sends nothing if `write` appends nothing.
    func write(textWrittenBy write: (inout ByteBuffer) -> Void)
    /// Sends the text frame of `length` bytes that `write` stores in the given bytes, all of them.
    func write(textOf length: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void)
    /// Sends frames as one batch.
    func write(_ frames: [Frame])
    /// Sends a message that was framed once for many connections.
    func write(_ shared: SharedPacket.Encoded)
    /// Hands written frames to the operating system now, instead of at the end of the burst.
    func flush()
    /// Calls `body` on the loop: with `true` once everything that was written before has been handed to the operating system, as far as
    /// the transport can know; with `false` if it wasn't sent. If the transport ends before, `body` may never be called.
    func whenFlushed(_ body: @escaping (Bool) -> Void)
    /// Stops and resumes reading from the peer.
    func setReading(_ isReading: Bool)
    /// Ends the transport; `closePacket` is the close packet of the revision, if it has one.
    func close(saying closePacket: Frame?)
    /// Ends the transport before anything was sent on it, with a refusal if that can still be sent.
    func refuse(_ refusal: RefusalBody)
    /// Ends the transport at once, without a packet.
    func abort()
}

extension Transport {
    var polling: PollingTransport? { nil }
    var webSocketConnection: (any WebSocketConnection)? { nil }

    func write(_ frame: Frame, isCompressed: Bool) { write(frame) }

    func write(textOf length: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        self.write(.text(ByteBuffer(textOf: length, writtenBy: write)))
    }

    func write(textWrittenBy write: (inout ByteBuffer) -> Void) {
        var text = ByteBuffer()
        write(&text)
        if text.readableBytes > 0 { self.write(.text(text)) }
    }
}
