import GustHTTP
import Testing

@testable import GustSessions

/// Signed values, which clients store and can't change.
@Suite struct ValueSignerTests {
    private static let secret = String(repeating: "s", count: 32)
    private let signer: ValueSigner
    private let now = HTTPDate(seconds: 1_300_000_000)

    init() throws {
        signer = ValueSigner(try SigningKeys(Self.secret), purpose: "test")
    }

    private func open(_ text: String, after seconds: Int = 0, maximumAge: Duration? = nil) -> String? {
        signer.open(text, maximumAge: maximumAge, now: HTTPDate(seconds: now.seconds + seconds))?.value
    }

    @Test func `a signed value has the documented fields and can be verified`() {
        let text = signer.sign("hello", now: now)
        #expect(text.hasPrefix("1.1.1300000000.aGVsbG8."))
        #expect(open(text) == "hello")
        #expect(open(signer.sign("", now: now))?.isEmpty == true)
        #expect(open(signer.sign("äöü. ;,\u{0}", now: now)) == "äöü. ;,\u{0}")
    }

    @Test func `a change of any character makes a signed value invalid`() {
        let text = signer.sign("hello", now: now)
        for index in text.indices where index != text.indices.last {
            var changed = text
            changed.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(open(changed) == nil, "\(changed)")
        }
        for text in ["", ".", "....", text + ".", "." + text, text + "A", String(text.dropLast(2)), "1.1.1.1", "é"] {
            #expect(open(text) == nil, "\(text)")
        }
        #expect(open(String(repeating: "A", count: 100_000)) == nil)
    }

    @Test func `digits can't move between time and value`() {
        // Tornado up to 1.0.0 signed the fields without separators (BMSA-2010-01).
        let text = signer.sign("hello", now: now)
        let fields = text.split(separator: ".").map(String.init)
        for (time, value) in [("13000000001", "aGVsbG8"), ("130000000", "0aGVsbG8"), ("1300000000a", "GVsbG8")] {
            #expect(open([fields[0], fields[1], time, value, fields[4]].joined(separator: ".")) == nil)
        }
    }

    @Test func `the end of the time can't become the beginning of the value`() {
        // Four characters of base64 are three bytes: 0400 is D3 8D 34, which is text.
        let text = signer.sign("hello", now: HTTPDate(seconds: 1_300_000_400))
        let forged = text.replacing("1300000400.", with: "130000.0400")
        #expect(forged != text)
        #expect(open(text, after: 400) == "hello")
        #expect(open(forged, after: 400) == nil)
    }

    @Test func `only the URL-safe alphabet of base64 is accepted`() throws {
        let texts = (0..<100).map { signer.sign("\($0)", now: now) }
        let text = try #require(texts.first { $0.contains("-") && $0.contains("_") })
        #expect(open(text) != nil)
        #expect(open(text.replacing("-", with: "+")) == nil)
        #expect(open(text.replacing("_", with: "/")) == nil)
        #expect(open(text + "=") == nil)
    }

    @Test func `a value for one purpose is invalid for another`() throws {
        let keys = try SigningKeys(Self.secret)
        let text = ValueSigner(keys, purpose: "a").sign("1x", now: now)
        #expect(ValueSigner(keys, purpose: "a1").open(text, maximumAge: nil, now: now) == nil)
        #expect(ValueSigner(keys, purpose: "").open(text, maximumAge: nil, now: now) == nil)
        #expect(ValueSigner(keys, purpose: "a").open(text, maximumAge: nil, now: now)?.value == "1x")
    }

    @Test func `a value that is too old or from the future is invalid`() {
        let text = signer.sign("x", now: now)
        #expect(open(text, after: 60, maximumAge: .seconds(60)) == "x")
        #expect(open(text, after: 61, maximumAge: .seconds(60)) == nil)
        #expect(open(text, after: 1_000_000_000) == "x")
        #expect(open(text, after: -300) == "x")
        #expect(open(text, after: -301) == nil)
    }

    @Test func `the newest key signs, and all keys verify`() throws {
        let old = ValueSigner(try SigningKeys([1: Self.secret]), purpose: "test")
        let both = ValueSigner(
            try SigningKeys([1: Self.secret, 2: String(repeating: "t", count: 32)]),
            purpose: "test"
        )
        let new = ValueSigner(try SigningKeys([2: String(repeating: "t", count: 32)]), purpose: "test")
        let before = old.sign("x", now: now)
        let after = both.sign("x", now: now)
        #expect(after.hasPrefix("1.2."))
        #expect(both.open(before, maximumAge: nil, now: now)?.value == "x")
        #expect(new.open(after, maximumAge: nil, now: now)?.value == "x")
        #expect(new.open(before, maximumAge: nil, now: now) == nil)
        #expect(old.open(after, maximumAge: nil, now: now) == nil)
        // The version is signed too, so a client can't select an older secret.
        #expect(both.open(after.replacing("1.2.", with: "1.1.", maxReplacements: 1), maximumAge: nil, now: now) == nil)
    }

    @Test func `a secret that is too short is refused without being shown`() {
        let error = #expect(throws: SigningError.self) { try SigningKeys("hunter2") }
        #expect(error?.description == "secret 1 has 7 bytes, 32 are needed")
        #expect(throws: SigningError.self) { try SigningKeys([Int: String]()) }
        #expect(throws: SigningError.self) { try SigningKeys([-1: Self.secret]) }
    }

    // RFC 2104 §3: a key shorter than the digest, 32 bytes of SHA-256, weakens it.
    @Test func `a secret must be at least as long as the digest`() throws {
        #expect(SigningKeys.minimumLength == 32)
        _ = try SigningKeys(String(repeating: "s", count: 32))
        #expect(throws: SigningError.self) { try SigningKeys(String(repeating: "s", count: 31)) }
        // The length is counted in bytes: "é" has two.
        _ = try SigningKeys(String(repeating: "é", count: 16))
    }

    @Test func `a negative version is refused`() {
        #expect(throws: SigningError.self) { try SigningKeys([-1: String(repeating: "k", count: 32)]) }
    }

    @Test func `a text that is too long isn't verified`() {
        let signer = ValueSigner(.random(), purpose: "test")
        // Base64 makes the value a third longer, and the other fields take 71 bytes.
        let short = signer.sign(String(repeating: "x", count: 6_000))
        #expect(short.utf8.count <= 8_192)
        #expect(signer.open(short) != nil)
        let long = signer.sign(String(repeating: "x", count: 6_200))
        #expect(long.utf8.count > 8_192)
        #expect(signer.open(long) == nil)
    }
}
