import GustDigest

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `Sec-WebSocket-Key`, by which a client sees that the server understands WebSockets (RFC 6455 §4.1).
package enum WebSocketKey {
    private static let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// A new key: the base64 of 16 random bytes.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<16).map { _ in generator.next() as UInt8 }).base64EncodedString()
    }

    /// Whether `key` is the base64 of 16 bytes.
    package static func isValid(_ key: String) -> Bool { Data(base64Encoded: key)?.count == 16 }

    /// The value of `Sec-WebSocket-Accept` for a key (RFC 6455 §4.2.2).
    package static func answer(to key: String) -> String {
        Data(Digest.sha1(key + magic)).base64EncodedString()
    }
}
