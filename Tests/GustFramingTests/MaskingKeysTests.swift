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
        whole.withUnsafeMutableReadableBytes { bytes in Masking.apply(key, to: bytes) }
        pieces.withUnsafeMutableReadableBytes { bytes in
            Masking.apply(key, to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<cut]))
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[cut...])
            Masking.apply(Masking.rotate(key, by: cut), to: rest)
        }
        #expect(pieces == whole)
    }

    /// Masks bytes into other memory.
    private func copy(_ bytes: [UInt8], _ key: UInt32) -> (bytes: [UInt8], isASCII: Bool) {
        var target = [UInt8](repeating: 0, count: bytes.count)
        let isASCII = bytes.withUnsafeBytes { source in
            target.withUnsafeMutableBytes { Masking.copy(source, to: $0, maskedBy: key) }
        }
        return (target, isASCII)
    }

    @Test(arguments: 0..<40)
    func `a byte beyond ASCII is seen at every place`(place: Int) {
        // This key inverts all bits.
        let key: UInt32 = 0xFFFF_FFFF
        var bytes = [UInt8](repeating: ~UInt8(ascii: "A"), count: 40)
        #expect(copy(bytes, key).isASCII)
        bytes[place] = 0x41
        #expect(!copy(bytes, key).isASCII)
    }

    @Test(arguments: 0..<40)
    func `bytes are masked the same way in place and on their way to other memory`(count: Int) {
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let copied = copy(bytes, 0x1234_5678).bytes
        bytes.withUnsafeMutableBytes { Masking.apply(0x1234_5678, to: $0) }
        #expect(copied == bytes)
    }

    @Test func `nothing is known of bytes under the key 0, which are copied as they are`() {
        let copied = copy([0x41], 0)
        #expect(!copied.isASCII)
        #expect(copied.bytes == [0x41])
    }
}
