import GustHTTP
import GustZlib
import NIOCore

/// Compresses and decompresses messages that refer to no other message, for all WebSockets of a loop.
///
/// Therefore the WebSockets share deflators and one inflator: about 300 KiB per loop instead of 300 KiB per WebSocket. All methods
/// must be called on the loop.
package final class MessageCompression {
    /// The end of the empty stored block that zlib appends on a flush; it isn't sent (RFC 7692 §7.2.1).
    static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    /// How many deflators are kept: peers may ask for windows of seven sizes.
    private static let maximumDeflators = 3

    /// The memory of the contexts of the loop's WebSockets.
    let contexts = ContextMemory()
    private var deflators: [DeflateParameters: Deflator] = [:]
    private var inflator: Inflator?

    /// Makes compression that has no memory yet.
    package init() {}

    /// Compresses a message.
    ///
    /// - Returns: nil if the message would not become shorter, or if zlib can't allocate memory; the caller then sends the
    ///   message uncompressed.
    func deflate(_ payload: ByteBuffer, _ parameters: DeflateParameters) -> ByteBuffer? {
        do throws(ZlibError) {
            let deflator = try self.deflator(parameters)
            deflator.reset()
            return try Self.deflate(payload, by: deflator)
        } catch {
            deflators[parameters] = nil
            return nil
        }
    }

    /// Compresses a message behind what the deflator has compressed before; nil if it would not become shorter.
    static func deflate(_ payload: ByteBuffer, by deflator: Deflator) throws(ZlibError) -> ByteBuffer? {
        var output = ByteBuffer()
        output.reserveCapacity(payload.readableBytes / 3 + 64)
        try deflator.write(payload, flush: .sync, into: &output)
        guard output.readableBytes - tail.count < payload.readableBytes else { return nil }
        output.moveWriterIndex(to: output.writerIndex - tail.count)
        return output
    }

    private func deflator(_ parameters: DeflateParameters) throws(ZlibError) -> Deflator {
        if let deflator = deflators[parameters] { return deflator }
        if deflators.count >= Self.maximumDeflators { deflators.removeAll() }
        let new = try Deflator(
            .raw(windowBits: parameters.windowBits),
            level: parameters.level,
            memoryLevel: parameters.memoryLevel
        )
        deflators[parameters] = new
        return new
    }

    private func usableInflator() throws(ZlibError) -> Inflator {
        if let inflator { return inflator }
        let new = try Inflator(.raw(windowBits: 15))
        inflator = new
        return new
    }

    /// Decompresses a message to at most `limit` bytes.
    ///
    /// - Throws: As ``inflate(_:by:limit:)``.
    func inflate(_ payload: consuming ByteBuffer, limit: Int) throws(WebSocketFailure) -> ByteBuffer {
        let inflator: Inflator
        do throws(ZlibError) { inflator = try usableInflator() } catch { throw WebSocketFailure(.internalError) }
        inflator.reset()
        return try Self.inflate(payload, by: inflator, limit: limit)
    }

    /// Decompresses a message to at most `limit` bytes, behind what the inflator has decompressed before.
    ///
    /// - Throws: ``WebSocketFailure`` with the close code for the peer: ``WebSocketCloseCode/messageTooBig``,
    ///   ``WebSocketCloseCode/invalidPayload`` or, without memory, ``WebSocketCloseCode/internalError``.
    static func inflate(
        _ payload: consuming ByteBuffer,
        by inflator: Inflator,
        limit: Int
    ) throws(WebSocketFailure) -> ByteBuffer {
        do throws(ZlibError) {
            var output = ByteBuffer()
            payload.writeBytes(tail)
            // A final block ends the stream of zlib, but not the WebSocket (RFC 7692 §7.2.3.4).
            if try inflator.write(payload, into: &output, limit: limit) { inflator.reset() }
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
