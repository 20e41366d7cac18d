#if os(Linux)
import Foundation
import GustDigest
import Testing

/// A system whose libcrypto lacks the digests, as `openssl.cnf` can make it (OpenSSL 3, config(5)).
@Suite struct MissingDigestTests {
    @Test func `a system that has the digests is prepared`() throws {
        try Digest.prepare()
    }

    /// In a process of its own, because libcrypto reads its configuration once.
    @Test func `a system without SHA-1 is found before any request`() async {
        await #expect(processExitsWith: .success) {
            let file = FileManager.default.temporaryDirectory.appending(path: "openssl-\(UUID()).cnf")
            // Only the provider of encodings is activated, which has no digests.
            try """
            openssl_conf = start
            [start]
            providers = providers
            [providers]
            base = base
            [base]
            activate = 1

            """.write(to: file, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(at: file) }
            setenv("OPENSSL_CONF", file.path, 1)
            let error = #expect(throws: MissingDigestError.self) { try Digest.prepare() }
            #expect(error?.description.contains("offers no SHA1, which") == true)
        }
    }
}
#endif
