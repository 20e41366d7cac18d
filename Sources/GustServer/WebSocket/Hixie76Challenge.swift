import GustDigest
import NIOCore

/// What a hixie-76 client asks the server to prove: that it read two fields and eight bytes (draft 76, §5.2).
///
/// The eight bytes come behind the request's head, and through some proxies only once those have seen the answer's.
struct Hixie76Challenge: Equatable {
    /// How many bytes follow the request.
    static let bodyLength = 8

    private let first: UInt32
    private let second: UInt32

    /// Reads both keys; nil if one of them isn't a key.
    init?(_ key1: String, _ key2: String) {
        guard let first = Self.number(in: key1), let second = Self.number(in: key2) else { return nil }
        self.first = first
        self.second = second
    }

    /// A key's digits, read as one number and divided by how many spaces are in it.
    ///
    /// - Returns: nil without digits, without spaces, if the number has more than 32 bits or can't be divided.
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

    /// The 16 bytes that prove it; nil if the system's library computes no MD5.
    func answer(to body: ByteBuffer) -> ByteBuffer? {
        var proof = ByteBuffer()
        proof.writeInteger(first)
        proof.writeInteger(second)
        proof.writeImmutableBuffer(body)
        return proof.withUnsafeReadableBytes { Digest.md5($0) }.map { ByteBuffer(bytes: $0) }
    }
}
