#if TLS
import Foundation
import Gust
import GustClient
import GustDigest
import GustHTTP
import GustWire
import Logging
import NIOCore
import NIOSSL
import Testing

@testable import GustTLS

/// GustClient over TLS: which servers it trusts, and how it identifies itself.
@Suite struct GustClientTests {
    private static let transports = [ClientTransport.polling, .webSocket, .upgrade]

    /// Connects to a server with a certificate, and requires an answer over an encrypted connection.
    private func talk(
        _ certificate: String = "server",
        host: String = "localhost",
        scheme: String = "https",
        over transport: ClientTransport = .webSocket,
        clients: TLSSettings.ClientCertificates = .unwanted,
        _ configure: @Sendable (inout ClientTLS) -> Void = { _ in }
    ) async throws {
        var application = Application()
        let io = SocketIO(SocketIOSettings(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        io.onConnect { socket in
            let handshake = socket.handshake
            let name = handshake.storage[ClientCertificateKey.self]?.commonName
            socket.on("who") { () in [handshake.peer.isSecure ? "secure" : "plain", name ?? "nobody"] }
        }
        application.add(io.routes())
        var server = TestFiles.settings(certificate)
        server.clientCertificates = clients
        var settings = ClientSettings()
        settings.transport = transport
        settings.proxy = .none
        settings.reconnection.isEnabled = false
        settings.tls.trustRoots = .file(TestFiles.path("authority.pem"))
        configure(&settings.tls)
        let chosen = settings
        try await SecureServer.run(application, server) { secure, _ in
            let url = "\(scheme)://\(host):\(secure.port ?? 0)"
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let client = try SocketClient(url, chosen, logger: logger)
            let outcome: Result<[String], any Error>
            do {
                let socket = try await client.connect(within: .seconds(10))
                if transport == .upgrade {
                    for await state in client.states where state == .connected(transport: "websocket") { break }
                }
                outcome = .success(try await socket.emitWithAcknowledgement("who").decode([String].self, at: 0))
            } catch {
                outcome = .failure(error)
            }
            await client.close()
            #expect(try outcome.get() == ["secure", clients == .unwanted ? "nobody" : "ada"])
        }
    }

    /// Requires that no connection is opened, with a reason that contains a text.
    private func requireFailure(_ text: String, _ body: () async throws -> Void) async {
        await #expect {
            try await body()
        } throws: { error in
            guard case ClientError.connectionFailed(let reason) = error else { return false }
            let isTold = reason.contains(text)
            if !isTold { Issue.record("\(reason)") }
            return isTold
        }
    }

    // MARK: The server

    @Test(arguments: transports, ["https", "wss"])
    func `a server with a certificate of the own authority is trusted`(
        transport: ClientTransport,
        scheme: String
    ) async throws {
        try await talk(scheme: scheme, over: transport)
    }

    @Test func `the authority may be given as bytes`() async throws {
        let bytes = Array(try String(contentsOfFile: TestFiles.path("authority.pem"), encoding: .utf8).utf8)
        try await talk { $0.trustRoots = .pem(bytes) }
    }

    @Test(arguments: transports)
    func `a certificate of an authority that isn't trusted is refused`(transport: ClientTransport) async throws {
        await requireFailure("CERTIFICATE_VERIFY_FAILED") {
            try await talk(over: transport) { $0.trustRoots = .system }
        }
    }

    @Test(arguments: transports) func `an expired certificate is refused`(transport: ClientTransport) async throws {
        await requireFailure("CERTIFICATE_VERIFY_FAILED") { try await talk("expired", over: transport) }
    }

    @Test func `a certificate that isn't valid yet is refused`() async throws {
        await requireFailure("CERTIFICATE_VERIFY_FAILED") { try await talk("future") }
    }

    @Test(arguments: transports)
    func `a certificate for another host is refused`(transport: ClientTransport) async throws {
        await requireFailure("localhost") { try await talk("second", over: transport) }
    }

    @Test func `a certificate without the address of the URL is refused`() async throws {
        await requireFailure("127.0.0.1") { try await talk(host: "127.0.0.1") }
    }

    @Test func `http to a port with TLS, and https to a port without, are errors and not hangs`() async throws {
        await #expect(throws: ClientError.self) { try await talk(scheme: "http") }
    }

    // MARK: Pinned keys

    /// The digest of the key of a certificate, as the documentation of `ClientTLS` computes it.
    private func pin(_ name: String) throws -> String {
        let certificate = try #require(try NIOSSLCertificate.fromPEMFile(TestFiles.path("\(name).pem")).first)
        let key = try certificate.extractPublicKey().toSPKIBytes()
        return Data(key.withUnsafeBytes { Digest.sha256($0) }).base64EncodedString()
    }

    @Test(arguments: transports)
    func `a server with one of the pinned keys is trusted`(transport: ClientTransport) async throws {
        let pins = [try pin("renewed"), try pin("server")]
        try await talk(over: transport) { $0.pinnedKeys = pins }
    }

    @Test(arguments: transports)
    func `a trusted certificate with another key than the pinned ones is refused`(
        transport: ClientTransport
    ) async throws {
        let pins = [try pin("renewed")]
        await requireFailure("the server's key isn't a pinned key") {
            try await talk(over: transport) { $0.pinnedKeys = pins }
        }
    }

    @Test func `a pinned key doesn't replace the check of the certificate`() async throws {
        let pins = [try pin("server")]
        await requireFailure("CERTIFICATE_VERIFY_FAILED") {
            try await talk { tls in
                tls.pinnedKeys = pins
                tls.trustRoots = .system
            }
        }
    }

    @Test(arguments: ["", "x", "sha256/AAAA", "AAAA"])
    func `a pin that isn't a digest is an error that shows it`(pin: String) async throws {
        await requireFailure("the pinned key \(pin) isn't a SHA-256 digest in base64") {
            try await talk { $0.pinnedKeys = [pin] }
        }
    }

    // MARK: The client

    @Test(arguments: transports)
    func `the client's certificate identifies it`(transport: ClientTransport) async throws {
        try await talk(over: transport, clients: .required(authorities: TestFiles.path("authority.pem"))) { tls in
            tls.certificateFile = TestFiles.path("client.pem")
            tls.keyFile = TestFiles.path("client.key")
        }
    }

    @Test(arguments: transports, [nil, "stranger"])
    func `a client without the right certificate can't connect`(
        transport: ClientTransport,
        certificate: String?
    ) async throws {
        await #expect(throws: ClientError.self) {
            try await talk(over: transport, clients: .required(authorities: TestFiles.path("authority.pem"))) { tls in
                tls.certificateFile = certificate.map { TestFiles.path("\($0).pem") }
                tls.keyFile = certificate.map { TestFiles.path("\($0).key") }
            }
        }
    }

    @Test func `a file that can't be read is an error that names it`() async throws {
        await requireFailure("/nowhere.pem") { try await talk { $0.trustRoots = .file("/nowhere.pem") } }
        await requireFailure("/nowhere.pem") {
            try await talk { tls in
                tls.certificateFile = "/nowhere.pem"
                tls.keyFile = TestFiles.path("client.key")
            }
        }
        await requireFailure("/nowhere.key") {
            try await talk { tls in
                tls.certificateFile = TestFiles.path("client.pem")
                tls.keyFile = "/nowhere.key"
            }
        }
    }
}
#endif
