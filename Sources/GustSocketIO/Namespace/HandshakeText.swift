import GustHTTP
import HTTPTypes

/// The texts of a request that opened a connection: an object, which the clients share whose requests differ in the key of the
/// WebSocket only.
///
/// The clients of one application usually are of a few kinds, and the texts of each would take a tenth of its memory.
final class HandshakeText: Sendable {
    /// The key of a WebSocket (RFC 6455 §4.1), which is different for each: 24 characters, as words.
    struct Key: Sendable {
        static let length = 24

        private let words: (UInt64, UInt64, UInt64)

        static let zero = Key(words: (0, 0, 0))

        private init(words: (UInt64, UInt64, UInt64)) {
            self.words = words
        }

        /// Loads a key of ``length`` bytes.
        init(_ bytes: ArraySlice<UInt8>) {
            words = bytes.withUnsafeBytes { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
                )
            }
        }

        fileprivate var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }
    }

    /// The lines of the header fields, with zeros in the place of the key.
    private let lines: [UInt8]
    /// Where the key stands; nil if there is none of 24 characters.
    private let keyRange: Range<Int>?
    let target: RequestTarget
    /// Whether a browser sent the request for a page of another origin.
    let isCrossDomain: Bool

    init(_ lines: [UInt8], _ keyRange: Range<Int>?, _ target: RequestTarget, isCrossDomain: Bool) {
        self.lines = lines
        self.keyRange = keyRange
        self.target = target
        self.isCrossDomain = isCrossDomain
    }

    /// Whether a request with these lines, with zeros in the place of the key, has this text.
    func hasSameBytes(as lines: [UInt8], _ target: RequestTarget) -> Bool {
        self.lines == lines && self.target.hasSameBytes(as: target)
    }

    /// The header fields of the request with this key.
    func fields(_ key: Key) -> HTTPFields {
        guard let keyRange else { return FieldLines(bytes: lines).fields }
        var lines = lines
        lines.replaceSubrange(keyRange, with: key.bytes)
        return FieldLines(bytes: lines).fields
    }
}
