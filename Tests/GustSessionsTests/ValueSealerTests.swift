import GustHTTP
import Testing

@testable import GustSessions

/// Encrypted values, which clients store and can neither read nor change.
@Suite struct ValueSealerTests {
    private static let old = String(repeating: "o", count: 32)
    private static let new = String(repeating: "n", count: 32)

    @Test(arguments: ["", "a", "zwölf", String(repeating: "x", count: 3_000)])
    func `a sealed value is opened for the same purpose only`(text: String) throws {
        let keys = try SigningKeys(Self.old)
        let sealed = try #require(ValueSealer(keys, purpose: "a").seal(text))
        #expect(ValueSealer(keys, purpose: "a").open(sealed) == text)
        #expect(ValueSealer(keys, purpose: "b").open(sealed) == nil)
    }

    @Test func `a value of an older key is opened as long as the key is kept`() throws {
        let sealed = try #require(ValueSealer(SigningKeys([1: Self.old]), purpose: "a").seal("x"))
        #expect(try ValueSealer(SigningKeys([1: Self.old, 2: Self.new]), purpose: "a").open(sealed) == "x")
        #expect(try ValueSealer(SigningKeys([2: Self.new]), purpose: "a").open(sealed) == nil)
        // The version is authenticated, so it can't be changed.
        let renamed = "2.2.\(sealed.utf8.dropFirst(4).map { String(UnicodeScalar($0)) }.joined())"
        #expect(try ValueSealer(SigningKeys([2: Self.old]), purpose: "a").open(renamed) == nil)
    }

    @Test(arguments: ["", "2", "2.1", "2.1.", "2.1.AAAA", "1.1.AAAA", "2.x.AAAA", "2.1.AAAA.AAAA", "2.-1.AAAA"])
    func `text that isn't a sealed value is refused`(text: String) throws {
        #expect(try ValueSealer(SigningKeys(Self.old), purpose: "a").open(text) == nil)
    }
}
