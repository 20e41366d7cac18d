#if TLS
import Foundation
import Logging
import NIOSSL
import Testing

@testable import GustTLS

/// Certificates that are replaced while the server runs.
@Suite struct ReloadTests {
    /// A folder with copies of certificates, which is removed at the end.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(at: url) }

        var settings: TLSSettings {
            .files(certificate: url.appending(path: "a.pem").path, key: url.appending(path: "a.key").path)
        }

        /// Replaces the certificate and the key by the files with these names.
        func put(_ certificate: String, _ key: String? = nil) throws {
            try put("\(certificate).pem", as: "a.pem")
            try put("\(key ?? certificate).key", as: "a.key")
        }

        private func put(_ name: String, as copy: String) throws {
            try Data(contentsOf: URL(filePath: TestFiles.path(name))).write(
                to: url.appending(path: copy),
                options: .atomic
            )
        }
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func serial(_ name: String) throws -> [UInt8] {
        try NIOSSLCertificate.fromPEMFile(TestFiles.path("\(name).pem"))[0].serialNumber
    }

    @Test func `a new connection gets the new certificate, and an open one goes on`() async throws {
        let folder = try Folder()
        try folder.put("server")
        let setup = TLSConnectionSetup(folder.settings)
        try await setup.prepare()
        let old = try await TLSWire(setup: setup)
        try folder.put("renewed")
        setup.reload(Self.logger)
        let new = try await TLSWire(setup: setup)
        #expect(old.serverCertificate?.serialNumber == (try serial("server")))
        #expect(new.serverCertificate?.serialNumber == (try serial("renewed")))
        #expect(try old.send(Self.request).hasPrefix("HTTP/1.1 200 "))
        #expect(try new.send(Self.request).hasPrefix("HTTP/1.1 200 "))
    }

    @Test(arguments: [("expired", "expired"), ("server", "second"), ("server", "authority.pem/nothing")])
    func `files that can't be used leave the old certificate`(_ certificate: String, _ key: String) async throws {
        let folder = try Folder()
        try folder.put("server")
        let setup = TLSConnectionSetup(folder.settings)
        try await setup.prepare()
        try? folder.put(certificate, key)
        setup.reload(Self.logger)
        let wire = try await TLSWire(setup: setup)
        #expect(wire.serverCertificate?.serialNumber == (try serial("server")))
    }

    @Test func `a change of a file is seen once`() throws {
        let folder = try Folder()
        try folder.put("server")
        let identities = ServerIdentities(folder.settings)
        try identities.load()
        #expect(!identities.haveFilesChanged())
        try folder.put("renewed")
        #expect(identities.haveFilesChanged())
        try identities.load()
        #expect(!identities.haveFilesChanged())
    }

    @Test func `files that can't be used are tried again only after the next change`() throws {
        let folder = try Folder()
        try folder.put("server")
        let identities = ServerIdentities(folder.settings)
        try identities.load()
        try folder.put("expired")
        #expect(throws: TLSError.self) { try identities.load() }
        #expect(!identities.haveFilesChanged())
    }

    @Test func `the files are looked at in intervals while the server runs`() async throws {
        let folder = try Folder()
        try folder.put("server")
        var settings = folder.settings
        settings.reloadInterval = .seconds(10)
        settings.reloadsOnHangup = false
        let clock = StepClock(sleeps: 1)
        let setup = TLSConnectionSetup(settings, clock: clock)
        try await setup.prepare()
        try folder.put("renewed")
        let work = Task { await setup.run(Self.logger) }
        await clock.ended()
        work.cancel()
        await work.value
        let wire = try await TLSWire(setup: setup)
        #expect(wire.serverCertificate?.serialNumber == (try serial("renewed")))
    }
}
#endif
