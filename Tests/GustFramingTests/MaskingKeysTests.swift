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
        whole.withUnsafeMutableReadableBytes { Masking.apply(key, to: $0) }
        pieces.withUnsafeMutableReadableBytes { bytes in
            Masking.apply(key, to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<cut]))
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[cut...])
            Masking.apply(Masking.rotate(key, by: cut), to: rest)
        }
        #expect(pieces == whole)
    }
}
