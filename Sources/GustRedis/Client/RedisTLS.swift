#if Redis && TLS
/// How a client of Redis uses TLS.
public struct RedisTLS: Sendable {
    /// The path of a PEM file with the authorities that may issue the certificate of the server; nil for those of the system.
    public var authorities: String?
    /// The path of a PEM file with the certificate of the client, which a server may require; nil for none.
    public var certificate: String?
    /// The path of a PEM file with the private key of ``certificate``.
    public var key: String?
    /// The name that the certificate of the server must have; nil for the host of the address.
    ///
    /// An IP address is compared with those in the certificate.
    public var serverName: String?

    /// Makes settings that trust the authorities of the system.
    ///
    /// - Parameter authorities: The path of a PEM file with the authorities that may issue the certificate of the server.
    public init(authorities: String? = nil) {
        self.authorities = authorities
    }
}
#endif
