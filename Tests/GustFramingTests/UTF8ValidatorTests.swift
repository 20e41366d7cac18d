import Testing

@testable import GustFraming

/// UTF-8 validation, compared with that of Swift's standard library.
@Suite struct UTF8ValidatorTests {
    private func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes(UTF8Validator.isValid) }

    @Test func `the validator accepts the same bytes as Swift's decoder`() {
        // The bounds of second bytes, and the bytes beside them.
        let second: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        let later: [UInt8] = [0x7F, 0x80, 0xBF, 0xC0]
        var wrong: [[UInt8]] = []
        for first: UInt8 in 0x7F...0xFF {
            var sequences: [[UInt8]] = [[first]]
            for byte in second {
                sequences.append([first, byte])
                for third in later {
                    sequences.append([first, byte, third])
                    for fourth in later { sequences.append([first, byte, third, fourth]) }
                }
            }
            wrong += sequences.filter { isValid($0) != (String(validating: $0, as: UTF8.self) != nil) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func `a text can be validated in any two pieces`() {
        // The characters whose second byte has special bounds, each followed by another character.
        let text = Array("\u{800}é\u{D7FF}é\u{10000}é\u{10FFFF}é, and eight bytes of ASCII".utf8)
        for cut in 0...text.count {
            var validator = UTF8Validator()
            #expect(text[..<cut].withUnsafeBytes { validator.accept($0) })
            #expect(text[cut...].withUnsafeBytes { validator.accept($0) })
            #expect(validator.isComplete)
        }
    }
}
