#if Configuration
public import Gust
import GustServing

#if TLS
import GustTLS
#endif

extension Application {
    /// Serves with the settings until `SIGTERM` or `SIGINT`, then drains.
    ///
    /// - Parameter settings: Where to listen, the limits, and, with the trait `TLS`, the certificates.
    /// - Throws: `RoutesError` if routes are invalid; `ListenError` if the server can't listen on an address; `ServingError` if no listener is
    ///   left; with TLS, an error that names the file if a certificate or key can't be used.
    public func run(_ settings: GustSettings) async throws {
        var listeners = try settings.http.listeners()
        #if TLS
        if let tls = settings.tls.settings { listeners = listeners.map { $0.tls(tls) } }
        #endif
        try await run(on: listeners, settings.http.serving)
    }

    /// Serves with the settings of the server until `SIGTERM` or `SIGINT`, then drains.
    ///
    /// - Throws: As ``run(_:)-(GustSettings)``.
    public func run(_ settings: HTTPSettings) async throws {
        try await run(on: settings.listeners(), settings.serving)
    }
}
#endif
