#if TLS
import GustHTTP

/// A certificate, a key or a file of authorities can't be used.
public struct TLSError: Error, CustomStringConvertible {
    /// The reason.
    enum Problem: Hashable {  // bytes: the system's texts
        /// The file can't be read; the text is the reason that the operating system gives.
        case unreadable(String)
        /// The file has no certificate in PEM form.
        case noCertificate
        /// The file has no private key in PEM form, or one that is encrypted.
        case noKey
        /// The private key belongs to another certificate, whose file is named.
        case otherKey(certificate: String)
        /// The certificate is valid only until this time, in seconds since 1970.
        case expired(Int)
        /// The certificate is valid only from this time on, in seconds since 1970.
        case notYetValid(Int)
        /// The TLS library refuses the configuration; the text is its reason.
        case refused(String)
    }

    let problem: Problem
    /// The path of the file.
    let path: String

    /// The file and the reason why it can't be used.
    public var description: String {
        switch problem {
        case .unreadable(let reason): "TLS: can't read \(path): \(reason)"
        case .noCertificate: "TLS: \(path) has no certificate in PEM form"
        case .noKey: "TLS: \(path) has no unencrypted private key in PEM form"
        case .otherKey(let certificate): "TLS: the key in \(path) doesn't belong to the certificate in \(certificate)"
        case .expired(let time): "TLS: the certificate in \(path) expired on \(HTTPDate(seconds: time))"
        case .notYetValid(let time): "TLS: the certificate in \(path) is not valid before \(HTTPDate(seconds: time))"
        case .refused(let reason): "TLS: \(path) can't be used: \(reason)"
        }
    }
}
#endif
