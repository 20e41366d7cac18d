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
@Suite(.timeLimit(.minutes(1))) struct GustClientTests {
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
                if transport == .upgrade { try await Self.waitForUpgrade(client) }
                outcome = .success(try await socket.emitWithAcknowledgement("who").decode([String].self, at: 0))
            } catch {
                outcome = .failure(error)
            }
            await client.close()
            #expect(try outcome.get() == ["secure", clients == .unwanted ? "nobody" : "ada"])
        }
    }

    private static func waitForUpgrade(_ client: SocketClient) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await state in client.states where state == .connected(transport: "websocket") { return }
            }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                throw ClientError.timedOut("the upgrade")
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Requires that no connection is opened, with a reason that contains a text; `isPermanent` if a setting can't be used, so that no
    /// further attempt can succeed.
    private func requireFailure(
        _ text: String,
        isPermanent: Bool = false,
        _ body: () async throws -> Void
    ) async {
        await #expect {
            try await body()
        } throws: { error in
            let reason: String
            switch error {
            case ClientError.connectionFailed(let text) where !isPermanent: reason = text
            case ClientError.unusableSetting(let text) where isPermanent: reason = text
            default: return false
            }
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
        await requireFailure("the server's certificate isn't of a trusted authority, or isn't valid now") {
            try await talk(over: transport) { $0.trustRoots = .system }
        }
    }

    @Test(arguments: transports, ["expired", "future"])
    func `a certificate that isn't valid now is refused`(transport: ClientTransport, certificate: String) async throws {
        try await PlainTLSServer.run(certificate) { port in
            await requireFailure("the server's certificate isn't of a trusted authority, or isn't valid now") {
                try await connect(port, over: transport)
            }
        }
    }

    /// Connects to a server that isn't one of Socket.IO.
    private func connect(_ port: Int, over transport: ClientTransport) async throws {
        var settings = ClientSettings()
        settings.transport = transport
        settings.proxy = .none
        settings.reconnection.isEnabled = false
        settings.tls.trustRoots = .file(TestFiles.path("authority.pem"))
        let client = try SocketClient("https://localhost:\(port)", settings)
        let outcome: Result<ClientSocket, any Error>
        do { outcome = .success(try await client.connect(within: .seconds(10))) } catch { outcome = .failure(error) }
        await client.close()
        _ = try outcome.get()
    }

    // The same server refuses with its status if the certificate is right, so the tests above fail because of it.
    @Test func `a server that isn't one of Socket.IO is refused with its status`() async throws {
        try await PlainTLSServer.run("server") { port in
            await #expect(throws: ClientError.refused(status: 400, message: "Bad Request")) {
                try await connect(port, over: .webSocket)
            }
        }
    }

    @Test(arguments: transports)
    func `a certificate for another host is refused`(transport: ClientTransport) async throws {
        await requireFailure("the server's certificate isn't one for localhost") {
            try await talk("second", over: transport)
        }
    }

    @Test func `a certificate without the address of the URL is refused`() async throws {
        await requireFailure("the server's certificate isn't one for 127.0.0.1") { try await talk(host: "127.0.0.1") }
    }

    @Test(arguments: transports) func `http to a port with TLS is an error`(transport: ClientTransport) async throws {
        await #expect(throws: ClientError.self) { try await talk(scheme: "http", over: transport) }
    }

    @Test(arguments: transports) func `https to a port without TLS is an error`(transport: ClientTransport) async throws
    {
        try await PlainTLSServer.run(nil) { port in
            await requireFailure("the server doesn't speak TLS") { try await connect(port, over: transport) }
        }
    }

    // The certificate would be checked against the address of the proxy.
    @Test func `https to an address through a proxy is refused`() async throws {
        var settings = ClientSettings()
        settings.proxy = .url("http://127.0.0.1:1")
        settings.reconnection.isEnabled = false
        for url in ["https://127.0.0.1:1", "https://[::1]:1"] {
            let client = try SocketClient(url, settings)
            await requireFailure("the certificate for an address can't be checked through a proxy", isPermanent: true) {
                _ = try await client.connect(within: .seconds(10))
            }
            await client.close()
        }
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
        await requireFailure("the server's certificate isn't of a trusted authority, or isn't valid now") {
            try await talk { tls in
                tls.pinnedKeys = pins
                tls.trustRoots = .system
            }
        }
    }

    @Test(arguments: ["", "x", "sha256/AAAA", "AAAA"])
    func `a pin that isn't a digest is an error that shows it`(pin: String) async throws {
        await requireFailure("the pinned key \(pin) isn't a SHA-256 digest in base64", isPermanent: true) {
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
        await requireFailure("/nowhere.pem", isPermanent: true) {
            try await talk { $0.trustRoots = .file("/nowhere.pem") }
        }
        await requireFailure("/nowhere.pem", isPermanent: true) {
            try await talk { tls in
                tls.certificateFile = "/nowhere.pem"
                tls.keyFile = TestFiles.path("client.key")
            }
        }
        await requireFailure("/nowhere.key", isPermanent: true) {
            try await talk { tls in
                tls.certificateFile = TestFiles.path("client.pem")
                tls.keyFile = "/nowhere.key"
            }
        }
    }
}
#endif
