#if !canImport(CryptoKit)
import GustSessions
import Testing

/// Hashes of passwords.
@Suite struct PasswordHashTests {
    @Test func `a hash is made with a new salt each time and verifies its password only`() async throws {
        let hash = try await PasswordHash.make("zwölf Boxkämpfer")
        #expect(hash.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(try await PasswordHash.isValid("zwölf Boxkämpfer", for: hash))
        #expect(try await !PasswordHash.isValid("zwo\u{308}lf Boxka\u{308}mpfer", for: hash))
        #expect(try await PasswordHash.make("zwölf Boxkämpfer") != hash)
        #expect(!PasswordHash.isOutdated(hash))
    }

    // Python: hashlib.scrypt(b"password", salt=b"saltsaltsalt", n=1024, r=8, p=1, dklen=32)
    @Test func `a hash of another program with other settings verifies, and is outdated`() async throws {
        let hash = "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0$PTOqBx7kez1QCW5+WP5c+ZGOujjGpyGOlh0Lrc56Tes"
        #expect(try await PasswordHash.isValid("password", for: hash))
        #expect(try await !PasswordHash.isValid("Password", for: hash))
        #expect(PasswordHash.isOutdated(hash))
    }

    @Test(arguments: [
        nil, "", "password", "$2b$12$abc", "$scrypt$ln=15,r=8,p=3$$",
        "$scrypt$ln=31,r=8,p=3$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0",
        "$scrypt$ln=18,r=16,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHQ",
    ])
    func `text that isn't a hash, or would take too much memory, matches no password`(text: String?) async throws {
        #expect(try await !PasswordHash.isValid("password", for: text))
    }

    @Test(arguments: ["", String(repeating: "x", count: 1_025)])
    func `an empty or very long password is refused`(password: String) async throws {
        await #expect(throws: (any Error).self) { try await PasswordHash.make(password) }
        #expect(try await !PasswordHash.isValid(password, for: nil))
    }
}
#endif
