import GustHTTP
import GustZlib
import NIOCore

/// Compresses and decompresses the messages of one WebSocket by the negotiated parameters.
///
/// Only an object with a context has memory of its own. Used on the loop of the WebSocket.
package final class MessageDeflate {
    package let negotiated: PermessageDeflate
    private let parameters: DeflateParameters
    private let shared: MessageCompression
    private let reserved: Int
    private var deflator: Deflator?
    private var inflator: Inflator?
    /// Whether the peer's window and the deflator's window differ, so that the next message must refer to no earlier one.
    private var hasLostContext = false

    /// Reserves memory for the contexts.
    ///
    /// A server whose memory is used up has no context: its response to the handshake says so. A client without memory for its own
    /// messages compresses each by itself, but it keeps the context of the server, whose response has been received already.
    package init(_ offered: PermessageDeflate, _ shared: MessageCompression) {
        var negotiated = offered
        var reserved = 0
        let maximum = offered.settings.maximumContextBytes
        func reserve(_ bytes: Int, maximum: Int) -> Bool {
            guard shared.contexts.reserve(bytes, maximum: maximum) else { return false }
            reserved += bytes
            return true
        }
        if negotiated.keepsOwnContext {
            negotiated.keepsOwnContext = reserve(offered.parameters.deflatorSize, maximum: maximum)
        }
        if negotiated.keepsPeerContext {
            let limit = offered.role == .client ? Int.max : maximum
            negotiated.keepsPeerContext = reserve(offered.inflatorSize, maximum: limit)
        }
        self.negotiated = negotiated
        parameters = negotiated.parameters
        self.shared = shared
        self.reserved = reserved
    }

    deinit {
        if reserved > 0 { shared.contexts.release(reserved) }
    }

    /// The compressed payload; nil if it is too short, or would not become shorter.
    func deflate(_ payload: ByteBuffer) -> ByteBuffer? {
        // zlib has no window of 8 bits, so messages to a server that requires it aren't compressed.
        guard isLong(payload), negotiated.ownWindowBits > 8 else { return nil }
        return negotiated.keepsOwnContext ? deflateInContext(payload) : shared.deflate(payload, parameters)
    }

    private func deflateInContext(_ payload: ByteBuffer) -> ByteBuffer? {
        do throws(ZlibError) {
            let deflator = try usableDeflator()
            if hasLostContext { deflator.reset() }
            let compressed = try MessageCompression.deflate(payload, by: deflator)
            // A message that is sent uncompressed isn't in the peer's window (RFC 7692 §7.2.1).
            hasLostContext = compressed == nil
            return compressed
        } catch {
            // A new deflator refers to no earlier message.
            deflator = nil
            hasLostContext = false
            return nil
        }
    }

    private func usableDeflator() throws(ZlibError) -> Deflator {
        if let deflator { return deflator }
        let new = try Deflator(
            .raw(windowBits: parameters.windowBits),
            level: parameters.level,
            memoryLevel: parameters.memoryLevel
        )
        deflator = new
        return new
    }

    /// The frame of a message that is sent to several WebSockets: the compressed frame is made once for all that have the same
    /// parameters, and refers to no other message.
    func frame(of message: PreparedMessage, _ make: (ByteBuffer, _ isCompressed: Bool) -> ByteBuffer) -> SharedFrame {
        let payload = message.payload
        guard message.isCompressible, isLong(payload) else { return message.frame }
        let frame = message.frame(of: parameters.framing) { payload in
            let compressed = shared.deflate(payload, parameters)
            return make(compressed ?? payload, compressed != nil)
        }
        // The message is in the peer's window, but not in the window of this WebSocket's deflator.
        if deflator != nil { hasLostContext = true }
        return frame
    }

    private func isLong(_ payload: ByteBuffer) -> Bool { payload.readableBytes >= negotiated.settings.minimumLength }

    /// Decompresses a message to at most `limit` bytes; throws as ``MessageCompression/inflate(_:by:limit:)``.
    func inflate(_ payload: consuming ByteBuffer, limit: Int) throws(WebSocketFailure) -> ByteBuffer {
        guard negotiated.keepsPeerContext else { return try shared.inflate(payload, limit: limit) }
        do throws(ZlibError) {
            if inflator == nil { inflator = try Inflator(.raw(windowBits: negotiated.inflatorBits)) }
        } catch {
            throw WebSocketFailure(.internalError)
        }
        guard let inflator else { throw WebSocketFailure(.internalError) }
        return try MessageCompression.inflate(payload, by: inflator, limit: limit)
    }
}

extension PermessageDeflate {
    /// The window of an inflator that reads the peer's messages; zlib has no raw deflate with 8 bits.
    fileprivate var inflatorBits: Int { max(9, peerWindowBits ?? 15) }

    /// About how many bytes an inflator needs (zlib's `zconf.h`).
    fileprivate var inflatorSize: Int { (1 << inflatorBits) + 7 * 1_024 }
}
