#if TLS
import NIOSSL

@testable import GustTLS

/// The certificates of the tests; `Certificates/make.py` has made them.
enum TestFiles {
    private static let folder = String(#filePath[..<(#filePath.lastIndex(of: "/") ?? #filePath.startIndex)])

    /// The path of a file in `Certificates`.
    static func path(_ name: String) -> String { "\(folder)/Certificates/\(name)" }

    /// The settings for the certificate with this name.
    static func settings(_ name: String = "server") -> TLSSettings {
        .files(certificate: path("\(name).pem"), key: path("\(name).key"))
    }

    /// The configuration of a client that trusts the authority of the tests.
    static func client(protocols: [String] = [], certificate: String? = nil) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path("authority.pem")))
        configuration.applicationProtocols = protocols
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(path("\(certificate).pem"))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: path("\(certificate).key"), format: .pem)
            )
        }
        return configuration
    }
}
#endif
