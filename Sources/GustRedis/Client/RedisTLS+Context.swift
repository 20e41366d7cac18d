#if Redis && TLS
import NIOCore
import NIOSSL

extension RedisTLS {
    /// Reads the files; blocks the thread until the file system responds.
    func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authorities { configuration.trustRoots = .file(authorities) }
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
        }
        if let key { configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)) }
        return try NIOSSLContext(configuration: configuration)
    }

    /// The name for SNI and for the comparison with the certificate; nil if the address of the peer is compared.
    func hostname(for address: RedisAddress) -> String? {
        if let serverName { return serverName }
        guard case .host(let host, _) = address else { return nil }
        // RFC 6066 §3: SNI has no IP addresses.
        return (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
    }
}
#endif
