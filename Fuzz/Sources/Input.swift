import NIOCore

/// An input from the fuzzer.
struct Input {
    /// The remaining bytes.
    private(set) var bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// Removes the first byte, which selects a variant; seeds begin with a digit.
    mutating func takeVariant() -> Int {
        bytes.isEmpty ? 0 : Int(bytes.removeFirst() &- UInt8(ascii: "0"))
    }

    var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }

    /// The text if the bytes are UTF-8; other bytes are refused before they become a `String`.
    var text: String? { String(validating: bytes, as: UTF8.self) }

    /// The lines, at most `count`; the last one contains the rest.
    func lines(upTo count: Int) -> [Input] {
        bytes.split(separator: UInt8(ascii: "\n"), maxSplits: count - 1, omittingEmptySubsequences: false)
            .map { Input($0) }
    }

    /// How the bytes are delivered: at once, one by one, or in pieces whose lengths depend on the bytes.
    enum Delivery: CaseIterable {
        case whole, bytes, pieces
    }

    /// Calls `take` with each piece, until it returns false.
    ///
    /// The pieces are slices of one buffer, made one at a time: memory that the target itself holds would hide memory
    /// that the tested code holds.
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
