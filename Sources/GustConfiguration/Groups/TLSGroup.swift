#if Configuration && TLS
import GustServing
public import GustTLS

/// The settings of TLS: `tls`, with the package trait `TLS`.
public struct TLSGroup: SettingsGroup {
    /// A version of the protocol.
    public enum Version: String, CaseIterable, SettingValue {
        /// TLS 1.2.
        case tls12 = "1.2"
        /// TLS 1.3.
        case tls13 = "1.3"
    }

    /// Whether clients authenticate themselves with certificates.
    public enum ClientCertificates: String, CaseIterable, SettingValue {
        /// The server doesn't ask for a certificate.
        case unwanted
        /// A client may have a certificate.
        case optional
        /// A client must have a certificate.
        case required
    }

    /// The PEM file with the certificates; nil serves without TLS.
    @Setting("tls.certificate", "The PEM file with the certificate and the intermediate ones; not set for no TLS")
    public var certificate: String?
    /// The PEM file with the key.
    @Setting("tls.key", "The PEM file with the private key of the certificate") public var key: String?
    /// The oldest version that is accepted.
    @Setting("tls.minimumVersion", "The oldest version of TLS that is accepted") public var minimumVersion = Version
        .tls12
    /// Whether clients may choose HTTP/2.
    @Setting("tls.http2", "Whether clients may choose HTTP/2") public var offersHTTP2 = true
    /// Whether clients authenticate themselves with certificates.
    @Setting("tls.clientCertificates", "Whether clients authenticate themselves with certificates")
    public var clientCertificates = ClientCertificates.unwanted
    /// The PEM file with the authorities of clients' certificates.
    @Setting("tls.clientAuthorities", "The PEM file with the authorities of clients' certificates")
    public var clientAuthorities: String?
    /// How often the server looks whether its files have changed.
    @Setting("tls.reloadInterval", "How often the server looks whether the files have changed")
    public var reloadInterval: Duration? = .seconds(10)
    /// How long browsers must use https only.
    @Setting("tls.strictTransportSecurity", "How long browsers must use https only")
    public var strictTransportSecurity: Duration?

    /// Makes the defaults.
    public init() {}

    /// The settings of a listener; nil for no TLS.
    public var settings: TLSSettings? {
        guard let certificate, let key else { return nil }
        var settings = TLSSettings.files(certificate: certificate, key: key)
        settings.minimumVersion = minimumVersion == .tls13 ? .tls13 : .tls12
        settings.offersHTTP2 = offersHTTP2
        settings.reloadInterval = reloadInterval
        settings.strictTransportSecurity = strictTransportSecurity
        switch (clientCertificates, clientAuthorities) {
        case (.optional, let authorities?): settings.clientCertificates = .optional(authorities: authorities)
        case (.required, let authorities?): settings.clientCertificates = .required(authorities: authorities)
        default: break
        }
        return settings
    }

    /// Files that are missing.
    public func mistakes() -> [String] {
        var mistakes: [String] = []
        if certificate != nil, key == nil { mistakes.append("tls.key is missing beside tls.certificate") }
        if certificate == nil, key != nil { mistakes.append("tls.certificate is missing beside tls.key") }
        if clientCertificates != .unwanted, clientAuthorities == nil {
            mistakes.append(
                "tls.clientAuthorities is missing: tls.clientCertificates=\(clientCertificates.rawValue) needs it"
            )
        }
        // Without TLS nobody would check the certificates of clients.
        if clientCertificates != .unwanted, certificate == nil {
            mistakes.append(
                "tls.certificate is missing: tls.clientCertificates=\(clientCertificates.rawValue) needs it"
            )
        }
        return mistakes
    }
}
#endif
