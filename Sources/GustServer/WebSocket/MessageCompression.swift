import GustHTTP
import GustZlib
import NIOCore

/// Compresses and decompresses the messages of all WebSockets of a loop.
///
/// No message refers to an earlier message, in either direction (no context takeover, RFC 7692 §7.1.1). Therefore all
/// WebSockets of a loop share one deflator and one inflator: about 300 KiB per loop instead of 300 KiB per WebSocket. All
/// methods must be called on the loop.
final class MessageCompression {
    /// The length in bytes from which messages are compressed; shorter messages fit into one TCP segment uncompressed.
    static let minimumLength = 1_024
    /// The window size that is used unless a client asks for a smaller window: 2^15 bytes, the largest.
    static let maximumWindowBits = 15

    /// The end of the empty stored block that zlib appends on a flush; it isn't sent (RFC 7692 §7.2.1).
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    private var deflator: Deflator?
    private var inflator: Inflator?

    /// Compresses a message.
    ///
    /// - Returns: nil if the message would not become shorter, or if zlib can't allocate memory; the caller then sends the
    ///   message uncompressed.
    func deflate(_ payload: ByteBuffer, windowBits: Int) -> ByteBuffer? {
        do throws(ZlibError) {
            let deflator = try self.deflator(windowBits)
            deflator.reset()
            var output = ByteBuffer()
            output.reserveCapacity(payload.readableBytes / 3 + 64)
            try deflator.write(payload, flush: .sync, into: &output)
            guard output.readableBytes - Self.tail.count < payload.readableBytes else { return nil }
            output.moveWriterIndex(to: output.writerIndex - Self.tail.count)
            return output
        } catch {
            deflator = nil
            return nil
        }
    }

    private func deflator(_ windowBits: Int) throws(ZlibError) -> Deflator {
        guard windowBits == Self.maximumWindowBits else { return try Deflator(.raw(windowBits: windowBits)) }
        if let deflator { return deflator }
        let new = try Deflator(.raw(windowBits: windowBits))
        deflator = new
        return new
    }

    private func usableInflator() throws(ZlibError) -> Inflator {
        if let inflator { return inflator }
        let new = try Inflator(.raw(windowBits: Self.maximumWindowBits))
        inflator = new
        return new
    }

    /// Decompresses a message to at most `limit` bytes.
    ///
    /// - Throws: ``WebSocketFailure`` with the close code for the peer: ``WebSocketCloseCode/messageTooBig``,
    ///   ``WebSocketCloseCode/invalidPayload`` or, without memory, ``WebSocketCloseCode/internalError``.
    func inflate(_ payload: consuming ByteBuffer, limit: Int) throws(WebSocketFailure) -> ByteBuffer {
        do throws(ZlibError) {
            let inflator = try self.usableInflator()
            inflator.reset()
            var output = ByteBuffer()
            payload.writeBytes(Self.tail)
            try inflator.write(payload, into: &output, limit: limit)
            return output
        } catch {
            switch error {
            case .tooLong: throw WebSocketFailure(.messageTooBig)
            case .corrupt, .ended: throw WebSocketFailure(.invalidPayload)
            case .outOfMemory, .unsupportedSettings: throw WebSocketFailure(.internalError)
            }
        }
    }
}
