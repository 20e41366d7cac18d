import GustFraming
import NIOCore
import Testing

/// The keys of a client's frames.
@Suite struct MaskingKeysTests {
    @Test func `random keys differ, over several refills`() {
        let keys = MaskingKeys()
        let made = (0..<1_000).map { _ in keys.next() }
        // Two of a thousand random keys are equal in one of 8,600 runs; ten never are.
        #expect(Set(made).count > 990)
        #expect(made.reduce(0, |) == .max)
    }

    @Test func `two objects have different keys`() {
        let (first, second) = (MaskingKeys(), MaskingKeys())
        #expect((0..<4).map { _ in first.next() } != (0..<4).map { _ in second.next() })
    }

    @Test func `given keys are repeated`() {
        let keys = MaskingKeys(repeating: [1, 2])
        #expect((0..<5).map { _ in keys.next() } == [1, 2, 1, 2, 1])
    }

    @Test(arguments: 0..<9)
    func `a mask can be applied in two pieces`(cut: Int) {
        let key: UInt32 = 0x1234_5678
        var whole = ByteBuffer(bytes: Array(0..<40))
        var pieces = whole
        whole.withUnsafeMutableReadableBytes { bytes in _ = Masking.apply(key, to: bytes) }
        pieces.withUnsafeMutableReadableBytes { bytes in
            Masking.apply(key, to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<cut]))
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[cut...])
            Masking.apply(Masking.rotate(key, by: cut), to: rest)
        }
        #expect(pieces == whole)
    }

    @Test(arguments: 0..<20)
    func `a byte beyond ASCII is seen at every place`(place: Int) {
        let key: UInt32 = 0xFFFF_FFFF
        // This key inverts all bits.
        var bytes = [UInt8](repeating: ~UInt8(ascii: "A"), count: 20)
        #expect(bytes.withUnsafeMutableBytes { Masking.apply(key, to: $0) })
        bytes = bytes.map { ~$0 }
        bytes[place] = 0x41
        #expect(!bytes.withUnsafeMutableBytes { Masking.apply(key, to: $0) })
    }

    @Test func `nothing is known of bytes under the key 0`() {
        var bytes: [UInt8] = [0x41]
        #expect(!bytes.withUnsafeMutableBytes { Masking.apply(0, to: $0) })
        #expect(bytes == [0x41])
    }
}
