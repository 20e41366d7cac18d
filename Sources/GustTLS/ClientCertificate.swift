#if TLS
public import GustHTTP
import NIOSSL

/// The certificate with which a client has authenticated itself; the server has verified it (RFC 8446 §4.4.2).
public struct ClientCertificate: Sendable {
    /// The common name of the subject: the last one, if there are several; nil without one.
    public let commonName: String?
    /// The certificate in DER form.
    public let derBytes: [UInt8]

    init?(_ certificate: NIOSSLCertificate) {
        guard let bytes = try? certificate.toDERBytes() else { return nil }
        derBytes = bytes
        commonName = certificate.subjectName.last { $0.type == .commonName }?.value
    }
}

/// The key of the client's certificate in the storage of a request.
enum ClientCertificateKey: RequestStorageKey {
    typealias Value = ClientCertificate
}

extension Request {
    /// The certificate of the client, which the server has verified; nil if the client has sent none.
    ///
    /// See ``TLSSettings/clientCertificates``.
    public var clientCertificate: ClientCertificate? { storage[ClientCertificateKey.self] }
}
#endif
