#if TLS
import GustHTTP
import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One certificate of the server with its key, ready for connections.
struct ServerIdentity: Sendable {
    /// The DNS names of the certificate, in lower case.
    let names: [ByteText]
    let context: NIOSSLContext

    /// Reads the files of a certificate, and checks that they fit; blocks the thread until the file system responds.
    ///
    /// `now` is the time in seconds since 1970.
    init(_ files: TLSSettings.Files, _ settings: TLSSettings, now: Int) throws(TLSError) {
        let chain = try Self.chain(files.certificate)
        guard let certificate = chain.first else {
            throw TLSError(problem: .noCertificate, path: files.certificate)
        }
        let expiry = Int(certificate.notValidAfter)
        guard expiry > now else { throw TLSError(problem: .expired(expiry), path: files.certificate) }
        let start = Int(certificate.notValidBefore)
        guard start <= now else { throw TLSError(problem: .notYetValid(start), path: files.certificate) }
        let key = try Self.key(files)
        try Self.check(key, certificate, files)
        names = certificate._subjectAlternativeNames().compactMap { name in
            guard name.nameType == .dnsName else { return nil }
            return name.contents.withUnsafeBufferPointer { bytes in
                ByteText(lowercasingASCII: String(decoding: bytes, as: UTF8.self))
            }
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = settings.minimumVersion == .tls13 ? .tlsv13 : .tlsv12
        // For TLS 1.2; the suites of TLS 1.3 all have forward secrecy and authenticated encryption.
        configuration.cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20"
        configuration.applicationProtocols = settings.offersHTTP2 ? ["h2", "http/1.1"] : ["http/1.1"]
        // As long as HTTP/1.1 lingers: a peer that doesn't answer the end of TLS is gone.
        configuration.shutdownTimeout = .seconds(2)
        try Self.authenticateClients(settings.clientCertificates, &configuration)
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSError(problem: .refused("\(error)"), path: files.certificate)
        }
    }

    private static func chain(_ path: String) throws(TLSError) -> [NIOSSLCertificate] {
        try checkReadable(path)
        do {
            return try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw TLSError(problem: .noCertificate, path: path)
        }
    }

    private static func key(_ files: TLSSettings.Files) throws(TLSError) -> NIOSSLPrivateKey {
        try checkReadable(files.key)
        do {
            return try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw TLSError(problem: .noKey, path: files.key)
        }
    }

    /// Checks by a context of its own that the key belongs to the certificate, so that the error has no other reason.
    private static func check(
        _ key: NIOSSLPrivateKey,
        _ certificate: NIOSSLCertificate,
        _ files: TLSSettings.Files
    ) throws(TLSError) {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)],
            privateKey: .privateKey(key)
        )
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSError(problem: .otherKey(certificate: files.certificate), path: files.key)
        }
    }

    private static func authenticateClients(
        _ clients: TLSSettings.ClientCertificates,
        _ configuration: inout TLSConfiguration
    ) throws(TLSError) {
        switch clients {
        case .unwanted: return
        case .optional(let path):
            configuration.certificateVerification = .optionalVerification
            configuration.trustRoots = .certificates(try chain(path))
        case .required(let path):
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(try chain(path))
        }
        configuration.sendCANameList = true
    }

    private static func checkReadable(_ path: String) throws(TLSError) {
        guard access(path, R_OK) != 0 else { return }
        let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
        throw TLSError(problem: .unreadable(reason), path: path)
    }
}
#endif
