import NIOCore

/// What the fuzzer made up.
struct Input {
    /// The bytes that haven't been taken.
    private(set) var bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// Takes the first byte, which chooses between variants: seeds begin with a digit.
    mutating func takeVariant() -> Int {
        bytes.isEmpty ? 0 : Int(bytes.removeFirst() &- UInt8(ascii: "0"))
    }

    var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }

    /// The text, if it is UTF-8: what isn't is refused before our code would see a `String`.
    var text: String? { String(validating: bytes, as: UTF8.self) }

    /// The text's lines; the last one has all the rest.
    func lines(upTo count: Int) -> [Input] {
        bytes.split(separator: UInt8(ascii: "\n"), maxSplits: count - 1, omittingEmptySubsequences: false)
            .map { Input($0) }
    }

    /// How a network might deliver bytes: at once, one by one, or in pieces that depend on the bytes.
    enum Delivery: CaseIterable {
        case whole, bytes, pieces
    }

    /// The bytes as they are delivered.
    func delivered(_ delivery: Delivery) -> [ByteBuffer] {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let anyLength = {
            hash = hash &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
            return Int(hash >> 59) + 1
        }
        return switch delivery {
        case .whole: [buffer]
        case .bytes: pieces { 1 }
        case .pieces: pieces(of: anyLength)
        }
    }

    /// Slices of one buffer, so that they take no memory of their own.
    private func pieces(of length: () -> Int) -> [ByteBuffer] {
        var rest = buffer
        var pieces: [ByteBuffer] = []
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(length(), rest.readableBytes)) {
            pieces.append(piece)
        }
        return pieces
    }
}
