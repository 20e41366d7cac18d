#if TLS
import Gust
import GustTLS
import Testing

/// The snippets of `TLSAndHTTP2.md`.
@Suite struct TLSAndHTTP2Article {
    private func serve(_ app: Application) async throws {
        // swift-format-ignore
        try await app.run(host: "0.0.0.0", port: 443, tls: .files(certificate: "example.pem", key: "example.key"), redirectingFrom: 80)
    }

    private func serveWithSettings(_ app: Application) throws -> HTTPServer {
        var tls = TLSSettings.files(certificate: "example.pem", key: "example.key")
        tls.add(certificate: "example.org.pem", key: "example.org.key")
        tls.minimumVersion = .tls13
        tls.clientCertificates = .optional(authorities: "staff.pem")
        tls.strictTransportSecurity = .seconds(31_536_000)
        let server = try app.server(HTTPServer.Configuration(port: 443), tls: tls)
        return server
    }

    private func register(on app: inout Application) {
        app.get("/staff") { request in
            guard let name = request.clientCertificate?.commonName else { throw HTTPError(.forbidden) }
            return "Hello, \(name)"
        }
    }

    @Test func `the defaults are those of the table`() {
        let tls = TLSSettings.files(certificate: "a", key: "b")
        #expect(tls.minimumVersion == .tls12)
        #expect(tls.clientCertificates == .unwanted)
        #expect(tls.offersHTTP2 && tls.reloadsOnHangup)
        #expect(tls.reloadInterval == .seconds(10))
        #expect(tls.strictTransportSecurity == nil)
    }

    @Test func `a handler of the article answers a client without a certificate`() async throws {
        var app = Application()
        register(on: &app)
        let application = app
        let answer = try await SecureServer.run(application) { secure, _ in
            try await SecureServer.exchange(
                "GET /staff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                with: secure
            )
        }
        #expect(answer.hasPrefix("HTTP/1.1 403 "))
        _ = try serveWithSettings(application)
    }
}
#endif
