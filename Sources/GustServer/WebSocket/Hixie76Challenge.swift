import GustDigest
import NIOCore

/// The challenge of a hixie-76 client: the server proves that it has read two header fields and eight bytes (draft 76, §5.2).
///
/// The eight bytes follow the head of the request. Some proxies forward them only after they have received the head of the
/// response.
struct Hixie76Challenge: Equatable {
    /// The number of bytes that follow the head of the request.
    static let bodyLength = 8

    private let first: UInt32
    private let second: UInt32

    /// Reads both keys; nil if ``number(in:)`` is nil for one of them.
    init?(_ key1: String, _ key2: String) {
        guard let first = Self.number(in: key1), let second = Self.number(in: key2) else { return nil }
        self.first = first
        self.second = second
    }

    /// The digits of a key, read as one number and divided by the number of spaces in the key.
    ///
    /// - Returns: nil if the key has no digits or no spaces, if the number has more than 32 bits, or if the division leaves
    ///   a remainder.
    static func number(in key: String) -> UInt32? {
        var number: UInt64?
        var spaces: UInt64 = 0
        for byte in key.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let next = (number ?? 0) * 10 + UInt64(byte - UInt8(ascii: "0"))
                guard next <= UInt64(UInt32.max) else { return nil }
                number = next
            case UInt8(ascii: " "): spaces += 1
            default: break
            }
        }
        guard let number, spaces > 0, number.isMultiple(of: spaces) else { return nil }
        return UInt32(number / spaces)
    }

    /// The 16 bytes that answer the challenge; nil if the system's library doesn't offer MD5.
    func answer(to body: ByteBuffer) -> ByteBuffer? {
        var proof = ByteBuffer()
        proof.writeInteger(first)
        proof.writeInteger(second)
        proof.writeImmutableBuffer(body)
        return proof.withUnsafeReadableBytes { Digest.md5($0) }.map { ByteBuffer(bytes: $0) }
    }
}
