import GustHTTP
import GustZlib
import NIOCore

/// Compresses and decompresses the messages of all WebSockets of a loop.
///
/// No message refers to another one (no context takeover, either way), so a socket keeps nothing between two messages, and
/// one deflator and one inflator do for all: 300 KiB a loop instead of 300 KiB a socket. Belongs to the loop.
final class MessageCompression {
    /// Shorter messages aren't worth it: they fit into one packet anyway.
    static let minimumLength = 1_024
    /// The largest window, and what is used unless a client asks for less.
    static let maximumWindowBits = 15

    /// An empty stored block, which ends what zlib flushes, and which isn't sent (RFC 7692 §7.2.1).
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    private var deflator: Deflator?
    private var inflator: Inflator?

    /// Compresses a message.
    ///
    /// - Returns: nil if that doesn't make it shorter, or if there is no memory: it is sent as it is then.
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
