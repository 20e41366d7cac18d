#if TLS
import Gust
import GustHTTP
import GustSessions
import NIOCore
import Testing

@testable import GustTLS

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An application over TLS on a port.
@Suite struct SecureServerTests {
    private static let get = "GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"

    private static var application: Application {
        var application = Application()
        application.get("/a") { request in "\(request.scheme) \(request.isSecure)" }
        return application
    }

    @Test func `an application is served over TLS`() async throws {
        let answer = try await SecureServer.run(Self.application) { secure, _ in
            try await SecureServer.exchange(Self.get, with: secure)
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.hasSuffix("\r\n\r\nhttps true"))
    }

    @Test func `the end of a client's output is no reason to lose its response`() async throws {
        let answer = try await SecureServer.run(Self.application) { secure, _ in
            let request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
            return try await SecureServer.exchange(request, with: secure, shutsDownOutput: true)
        }
        #expect(answer.hasSuffix("\r\n\r\nhttps true"))
    }

    @Test func `the other port redirects to https`() async throws {
        let (answer, port) = try await SecureServer.run(Self.application) { secure, plain in
            (try await SecureServer.exchange(Self.get, with: plain, isSecure: false), secure.port ?? 0)
        }
        #expect(answer.hasPrefix("HTTP/1.1 308 Permanent Redirect\r\n"))
        #expect(answer.contains("\r\nLocation: https://example.com:\(port)/a?b=c\r\n"))
    }

    @Test func `a plain request on the port of TLS is answered, and the server goes on`() async throws {
        let (plain, secure) = try await SecureServer.run(Self.application) { secure, _ in
            (
                try await SecureServer.exchange(Self.get, with: secure, isSecure: false),
                try await SecureServer.exchange(Self.get, with: secure)
            )
        }
        #expect(plain.hasPrefix("HTTP/1.1 400 ") && plain.hasSuffix("begins with https://\n"))
        #expect(secure.hasPrefix("HTTP/1.1 200 "))
    }

    @Test func `responses over TLS tell browsers to use https, if the settings ask for it`() async throws {
        var settings = TestFiles.settings()
        settings.strictTransportSecurity = .seconds(31_536_000)
        let answer = try await SecureServer.run(Self.application, settings) { secure, _ in
            try await SecureServer.exchange(Self.get, with: secure)
        }
        #expect(answer.contains("\r\nStrict-Transport-Security: max-age=31536000\r\n"))
    }

    @Test func `a session cookie over TLS is Secure`() async throws {
        var application = Application()
        application.use(try Sessions())
        application.get("/a") { request in
            try request.session.set("ada", for: "name")
            return "kept"
        }
        let answer = try await SecureServer.run(application) { secure, _ in
            try await SecureServer.exchange(Self.get, with: secure)
        }
        #expect(answer.contains("; Secure"))
    }

    @Test func `a long file is sent in full over TLS, and the next response follows it`() async throws {
        let handle = try Self.temporaryFile(length: 3_000_000)
        var application = Application()
        application.get("/file") { _ in
            let region = FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 3_000_000)
            return Response(
                headers: [.contentLength: "3000000"],
                body: .stream { writer in
                    writer.write(region)
                    writer.finish()
                }
            )
        }
        application.get("/a") { _ in "after" }
        let answer = try await SecureServer.run(application) { secure, _ in
            try await SecureServer.exchange("GET /file HTTP/1.1\r\nHost: x\r\n\r\n" + Self.get, with: secure)
        }
        try handle.close()
        #expect(answer.utf8.count > 3_000_000)
        #expect(answer.hasSuffix("\r\n\r\nafter"))
    }

    @Test func `a file that has become shorter ends the connection`() async throws {
        let handle = try Self.temporaryFile(length: 100_000)
        var application = Application()
        application.get("/file") { _ in
            let region = FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 200_000)
            return Response(
                headers: [.contentLength: "200000"],
                body: .stream { writer in
                    writer.write(region)
                    writer.finish()
                }
            )
        }
        let answer = try await SecureServer.run(application) { secure, _ in
            try await SecureServer.exchange("GET /file HTTP/1.1\r\nHost: x\r\n\r\n" + Self.get, with: secure)
        }
        try handle.close()
        #expect(answer.utf8.count < 110_000)
    }

    @Test func `a certificate that can't be used keeps the server from listening`() async throws {
        let application = Self.application
        await #expect(throws: TLSError.self) {
            try await application.run(
                HTTPServer.Configuration(port: 0),
                tls: .files(certificate: "/nowhere/a.pem", key: "/nowhere/a.key")
            )
        }
    }

    /// A temporary file, deleted when it is opened.
    private static func temporaryFile(length: Int) throws -> NIOFileHandle {
        var path = Array("/tmp/gust-tls-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        try #require(descriptor >= 0)
        unlink(path)
        try #require(ftruncate(descriptor, off_t(length)) == 0)
        return NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
    }
}
#endif
