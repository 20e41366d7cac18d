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

    /// Hands the bytes on as they are delivered, until `take` returns false.
    ///
    /// Slices of one buffer, one at a time: what a target holds itself would hide what our code holds.
    func deliver(_ delivery: Delivery, _ take: (ByteBuffer) -> Bool) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var rest = buffer
        while rest.readableBytes > 0 {
            hash = hash &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
            let length =
                switch delivery {
                case .whole: rest.readableBytes
                case .bytes: 1
                case .pieces: Int(hash >> 59) + 1
                }
            guard let piece = rest.readSlice(length: min(length, rest.readableBytes)), take(piece) else { return }
        }
    }
}
