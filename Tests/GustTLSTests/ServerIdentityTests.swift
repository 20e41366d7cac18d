#if TLS
import GustHTTP
import Testing

@testable import GustTLS

/// What is wrong with the files of a certificate.
@Suite struct ServerIdentityTests {
    /// The error of a server with these files at its start.
    private func problem(_ certificate: String, _ key: String) async -> String {
        let settings = TLSSettings.files(
            certificate: TestFiles.path(certificate),
            key: TestFiles.path(key)
        )
        do {
            try await TLSConnectionSetup(settings).prepare()
            return "none"
        } catch {
            return "\(error)".replacing(TestFiles.path(""), with: "")
        }
    }

    @Test func `a certificate and its key are accepted`() async {
        #expect(await problem("server.pem", "server.key") == "none")
    }

    @Test func `a missing certificate is named`() async {
        #expect(await problem("nothing.pem", "server.key") == "TLS: can't read nothing.pem: No such file or directory")
    }

    @Test func `a missing key is named`() async {
        #expect(await problem("server.pem", "nothing.key") == "TLS: can't read nothing.key: No such file or directory")
    }

    @Test func `a file without a certificate is named`() async {
        #expect(await problem("server.key", "server.key") == "TLS: server.key has no certificate in PEM form")
    }

    @Test func `a file without a key is named`() async {
        #expect(
            await problem("server.pem", "server.pem") == "TLS: server.pem has no unencrypted private key in PEM form"
        )
    }

    @Test func `a key that doesn't belong to the certificate is named with it`() async {
        #expect(
            await problem("server.pem", "second.key")
                == "TLS: the key in second.key doesn't belong to the certificate in server.pem"
        )
    }

    @Test func `an expired certificate is named with its date`() async {
        #expect(
            await problem("expired.pem", "expired.key")
                == "TLS: the certificate in expired.pem expired on Fri, 01 Jan 2021 00:00:00 GMT"
        )
    }

    @Test func `a certificate of the future is named with its date`() async {
        #expect(
            await problem("future.pem", "future.key")
                == "TLS: the certificate in future.pem is not valid before Wed, 01 Jan 2110 00:00:00 GMT"
        )
    }

    @Test func `a missing file of authorities is named`() async {
        var settings = TestFiles.settings()
        settings.clientCertificates = .required(authorities: "/nowhere/authorities.pem")
        await #expect(throws: TLSError.self) { try await TLSConnectionSetup(settings).prepare() }
    }

    @Test func `the names of a certificate are its DNS names`() throws {
        let settings = TestFiles.settings()
        let identity = try ServerIdentity(settings.files[0], settings, now: HTTPDate.now.seconds)
        #expect(identity.names == ["localhost", "example.com", "*.example.com"])
    }
}
#endif
