#if TLS
public import GustServing

extension Listener {
    /// This listener over TLS, with HTTP/2 and HTTP/1.1.
    ///
    /// ```swift
    /// try await app.run(on: [.tcp("::", 443).tls(.files(certificate: "example.pem", key: "example.key")), .tcp("::", 80)])
    /// ```
    /// - Parameter settings: The certificates and options; the files are read when the server runs.
    /// - Returns: The listener.
    public func tls(_ settings: TLSSettings) -> Listener {
        var listener = self
        listener.connectionSetup = TLSConnectionSetup(settings)
        listener.middleware = settings.strictTransportSecurity.map { StrictTransportSecurity($0) }
        return listener
    }
}
#endif
