import GustHTTP

/// The key of a connection in a table: its sid, compared by bytes.
///
/// Each request of a polling client looks up its connection, so the bytes are hashed by a few multiplications. `Hasher` makes the hash of the
/// result, so that it depends on the process. An attacker can't choose sids: they are secrets that the server makes.
struct ConnectionKey: Hashable {
    private let sid: String
    private let digest: UInt64

    init(_ sid: String) {
        var text = sid
        digest = text.withUTF8 { Self.digest(of: UnsafeRawBufferPointer($0)) }
        self.sid = text
    }

    static func == (left: ConnectionKey, right: ConnectionKey) -> Bool {
        left.digest == right.digest && left.sid.hasSameBytes(as: right.sid)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    private static func digest(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        var digest = UInt64(bytes.count)
        var offset = 0
        while offset < bytes.count {
            var word: UInt64 = 0
            if offset + 8 <= bytes.count {
                word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            } else {
                for byte in bytes[offset...] { word = word << 8 | UInt64(byte) }
            }
            // An odd factor with bits in all places mixes each word into all bits above its own.
            digest = (digest ^ word) &* 0x9E37_79B9_7F4A_7C15
            digest ^= digest >> 32
            offset += 8
        }
        return digest
    }
}
