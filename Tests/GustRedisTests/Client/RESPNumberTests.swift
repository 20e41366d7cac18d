#if Redis
import Testing

@testable import GustRedis

@Suite struct RESPNumberTests {
    @Test func `integers have 64 bits`() {
        #expect(RESPNumber.integer("-9223372036854775808".utf8) == .min)
        #expect(RESPNumber.integer("9223372036854775807".utf8) == .max)
        #expect(RESPNumber.integer("9223372036854775808".utf8) == nil)
        #expect(RESPNumber.integer("+7".utf8) == 7)
    }

    @Test func `a number without digits, or with other bytes, isn't one`() {
        for text in ["", "-", "+", "1 ", "0x1", "1e3", "--1"] { #expect(RESPNumber.integer(text.utf8) == nil) }
        for text in ["", "0x1p3", "infinity", "1.5f", "nan(1)"] { #expect(RESPNumber.double(text.utf8) == nil) }
    }

    @Test func `doubles may be infinite`() {
        #expect(RESPNumber.double("-inf".utf8) == -.infinity)
        #expect(RESPNumber.double("1.5e3".utf8) == 1_500)
    }
}
#endif
