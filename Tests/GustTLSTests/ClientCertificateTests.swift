#if TLS
import GustHTTP
import NIOSSL
import Testing

@testable import GustTLS

/// Clients that authenticate themselves.
@Suite struct ClientCertificateTests {
    private static let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let name = ImmediateHandler { request in request.clientCertificate?.commonName ?? "nobody" }

    private func wire(_ clients: TLSSettings.ClientCertificates, _ certificate: String?) async throws -> TLSWire {
        var settings = TestFiles.settings()
        settings.clientCertificates = clients
        return try await TLSWire(settings, client: try TestFiles.client(certificate: certificate), handler: Self.name)
    }

    private static let authorities = TestFiles.path("authority.pem")

    @Test func `a required certificate is available to handlers`() async throws {
        let wire = try await wire(.required(authorities: Self.authorities), "client")
        #expect(try wire.send(Self.request).hasSuffix("\r\n\r\nada"))
    }

    @Test func `a client without a required certificate is refused`() async throws {
        let wire = try await wire(.required(authorities: Self.authorities), nil)
        #expect(try !wire.send(Self.request).contains("200"))
        #expect(!wire.isOpen)
    }

    @Test func `a certificate of another authority is refused`() async throws {
        let wire = try await wire(.required(authorities: Self.authorities), "stranger")
        #expect(try !wire.send(Self.request).contains("200"))
        #expect(!wire.isOpen)
    }

    @Test func `an optional certificate may be missing`() async throws {
        let wire = try await wire(.optional(authorities: Self.authorities), nil)
        #expect(try wire.send(Self.request).hasSuffix("\r\n\r\nnobody"))
    }

    @Test func `an optional certificate is available to handlers`() async throws {
        let wire = try await wire(.optional(authorities: Self.authorities), "client")
        #expect(try wire.send(Self.request).hasSuffix("\r\n\r\nada"))
    }

    @Test func `an optional certificate of another authority is refused`() async throws {
        let wire = try await wire(.optional(authorities: Self.authorities), "stranger")
        #expect(try !wire.send(Self.request).contains("200"))
    }

    @Test func `a certificate that the server doesn't want isn't sent`() async throws {
        let wire = try await wire(.unwanted, "client")
        #expect(try wire.send(Self.request).hasSuffix("\r\n\r\nnobody"))
    }
}
#endif
