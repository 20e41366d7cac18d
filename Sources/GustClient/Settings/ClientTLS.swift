/// Which certificates a client accepts from a server, for `https`.
///
/// The trait `TLS` of the package must be on; without it a client refuses an `https` URL. Certificates and the name of the host are
/// always checked: there is no setting that accepts any certificate.
public struct ClientTLS: Sendable {
    /// The authorities that are trusted.
    public enum TrustRoots: Sendable {
        /// Those of the operating system.
        case system
        /// Those of a file in PEM form, such as the certificate of an own authority or a self-signed certificate.
        case file(String)
        /// Those of bytes in PEM form.
        case pem([UInt8])
    }

    /// The authorities that are trusted.
    public var trustRoots = TrustRoots.system
    /// The SHA-256 digests of the public keys (SubjectPublicKeyInfo) of which the server's certificate must have one, in base64; empty
    /// accepts every key that a trusted authority has signed.
    ///
    /// `openssl x509 -in cert.pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64` computes
    /// one. Give the digest of a second key too, so that the first one can be replaced.
    public var pinnedKeys: [String] = []
    /// The file with the client's own certificate and its chain, in PEM form; nil for none.
    public var certificateFile: String?
    /// The file with the key of ``certificateFile``, in PEM form.
    public var keyFile: String?

    /// Makes settings with the default values.
    public init() {}
}
