#if TLS
/// How a server uses TLS: its certificates, the versions and protocols, and when it reads its files again.
///
/// ```swift
/// var tls = TLSSettings.files(certificate: "example.com.pem", key: "example.com.key")
/// tls.add(certificate: "example.org.pem", key: "example.org.key")
/// try await app.run(host: "0.0.0.0", port: 443, tls: tls, redirectingFrom: 80)
/// ```
///
/// Certificates and keys are PEM files. A connection uses TLS 1.2 or 1.3; cipher suites without forward secrecy or without
/// authenticated encryption are never used. Sources: RFC 8446, RFC 5246, RFC 7301 (ALPN), RFC 6066 §3 (SNI).
public struct TLSSettings: Sendable {
    /// A version of the protocol.
    public enum Version: Sendable {
        /// TLS 1.2 (RFC 5246).
        case tls12
        /// TLS 1.3 (RFC 8446).
        case tls13
    }

    /// Whether clients authenticate themselves with certificates.
    public enum ClientCertificates: Sendable, Hashable {  // bytes: configuration
        /// The server doesn't ask for a certificate.
        case unwanted
        /// A client may have a certificate; one that isn't issued by the authorities in this PEM file ends the handshake.
        case optional(authorities: String)
        /// A client must have a certificate that is issued by one of the authorities in this PEM file.
        case required(authorities: String)
    }

    /// The files of one certificate.
    struct Files: Sendable, Hashable {  // bytes: configuration
        var certificate: String
        var key: String
    }

    /// The files of the certificates; the first is used for clients that name no server, or an unknown one.
    private(set) var files: [Files]
    /// The oldest version that is accepted; the newest is always TLS 1.3.
    public var minimumVersion = Version.tls12
    /// Whether clients authenticate themselves with certificates; see ``GustHTTP/Request/clientCertificate``.
    public var clientCertificates = ClientCertificates.unwanted
    /// Whether clients may choose HTTP/2 (RFC 9113); otherwise all connections use HTTP/1.1.
    public var offersHTTP2 = true
    /// How often the server looks whether its files have changed; nil means that it reads them again on `SIGHUP` only.
    ///
    /// New connections use the new files; open connections go on. If the new files can't be used, the error is logged and the server
    /// goes on with what it has.
    public var reloadInterval: Duration? = .seconds(10)
    /// Whether the server reads its files again when the process receives `SIGHUP`, which then doesn't end the process.
    public var reloadsOnHangup = true
    /// How long browsers must use https only, for every path of the host (`Strict-Transport-Security`, RFC 6797); nil sends no field.
    ///
    /// A response that has the field already keeps it.
    public var strictTransportSecurity: Duration?

    /// The settings for one certificate.
    ///
    /// - Parameters:
    ///   - certificate: The path of a PEM file with the certificate of the server, followed by those of the intermediate authorities.
    ///   - key: The path of a PEM file with the private key of the certificate.
    /// - Returns: The settings; the files are read when the server starts.
    public static func files(certificate: String, key: String) -> TLSSettings {
        TLSSettings(files: [Files(certificate: certificate, key: key)])
    }

    /// Adds a certificate for the names in it, which clients choose by SNI (RFC 6066 §3).
    ///
    /// The names are the DNS names of the extension subjectAltName; `*.example.com` stands for one label. If a name is in several
    /// certificates, the first one is used.
    /// - Parameters:
    ///   - certificate: The path of a PEM file with the certificate and those of the intermediate authorities.
    ///   - key: The path of a PEM file with the private key of the certificate.
    public mutating func add(certificate: String, key: String) {
        files.append(Files(certificate: certificate, key: key))
    }
}
#endif
