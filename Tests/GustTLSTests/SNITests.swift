#if TLS
import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

@testable import GustTLS

/// The choice of a certificate by the name that the client sends.
@Suite struct SNITests {
    private static var settings: TLSSettings {
        var settings = TestFiles.settings()
        settings.add(certificate: TestFiles.path("second.pem"), key: TestFiles.path("second.key"))
        return settings
    }

    /// The common name of the certificate that a client with this server name receives.
    private func commonName(_ name: String?, _ settings: TLSSettings = Self.settings) async throws -> String? {
        var client = try TestFiles.client()
        client.certificateVerification = .noHostnameVerification
        let wire = try await TLSWire(settings, client: client, serverName: name)
        #expect(wire.isEstablished)
        return wire.serverCertificate?.subjectName.first { $0.type == .commonName }?.value
    }

    @Test(arguments: ["example.org", "EXAMPLE.org", "a.example.org"])
    func `a name of the second certificate chooses it`(_ name: String) async throws {
        #expect(try await commonName(name) == "example.org")
    }

    @Test(arguments: ["localhost", "example.com", "www.example.com"])
    func `a name of the first certificate chooses it`(_ name: String) async throws {
        #expect(try await commonName(name) == "localhost")
    }

    @Test(arguments: ["unknown.example", "a.b.example.org"])
    func `an unknown name gets the first certificate`(_ name: String) async throws {
        #expect(try await commonName(name) == "localhost")
    }

    @Test func `a client without a name gets the first certificate`() async throws {
        #expect(try await commonName(nil) == "localhost")
    }

    @Test func `with several certificates a plain request is answered too`() async throws {
        let wire = try await PlainWire(Self.settings)
        #expect(try wire.send(Array("GET / HTTP/1.1\r\n\r\n".utf8)).hasPrefix("HTTP/1.1 400 "))
    }

    @Test func `with several certificates a handshake has a deadline`() async throws {
        let wire = try await PlainWire(Self.settings)
        try wire.send([0x16, 0x03, 0x01, 0x02])
        wire.loop.advanceTime(by: .seconds(10))
        #expect(!wire.isOpen)
    }
}
#endif
