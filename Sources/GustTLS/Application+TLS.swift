#if TLS
public import Gust
import GustHTTP
import GustRouting
public import GustServer
import Logging
import NIOCore

/// Serving over TLS.
extension Application {
    /// Serves over TLS on `host` and `port` until `SIGTERM` or `SIGINT`, then stops gracefully.
    ///
    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: The port.
    ///   - tls: The certificates and options.
    ///   - redirectPort: The port of a second listener, without TLS, that redirects each request to https (308); nil for none.
    /// - Throws: ``TLSError`` if a certificate or key can't be used; ``GustRouting/RoutesError`` if routes are invalid;
    ///   ``GustServer/ListenError`` if the server can't listen on an address.
    public func run(
        host: String = "127.0.0.1",
        port: Int = 8443,
        tls: TLSSettings,
        redirectingFrom redirectPort: Int? = nil
    ) async throws {
        try await run(HTTPServer.Configuration(host: host, port: port), tls: tls, redirectingFrom: redirectPort)
    }

    /// Serves over TLS with `configuration` until `SIGTERM` or `SIGINT`, then stops gracefully.
    ///
    /// - Parameters:
    ///   - configuration: The address, limits and options of the server.
    ///   - tls: The certificates and options.
    ///   - redirectPort: The port of a second listener, without TLS, that redirects each request to https (308); nil for none.
    /// - Throws: ``TLSError`` if a certificate or key can't be used; ``GustRouting/RoutesError`` if routes are invalid;
    ///   ``GustServer/ListenError`` if the server can't listen on an address.
    public func run(
        _ configuration: HTTPServer.Configuration,
        tls: TLSSettings,
        redirectingFrom redirectPort: Int? = nil
    ) async throws {
        guard let redirectPort else { return try await run(try server(configuration, tls: tls)) }
        let (server, redirect) = try servers(configuration, tls, redirectingFrom: redirectPort)
        try await SignalledServices.run([server, redirect], logger: logger)
    }

    /// Makes a server over TLS for this application, to be run in your own service group.
    ///
    /// - Parameters:
    ///   - configuration: The address, limits and options of the server.
    ///   - tls: The certificates and options; the files are read when the server runs.
    /// - Returns: The service.
    /// - Throws: ``GustRouting/RoutesError`` if routes are invalid.
    public func server(
        _ configuration: HTTPServer.Configuration,
        tls: TLSSettings
    ) throws(RoutesError) -> HTTPServer {
        var configuration = configuration
        configuration.connectionSetup = TLSConnectionSetup(tls)
        var application = self
        if let duration = tls.strictTransportSecurity { application.use(StrictTransportSecurity(duration)) }
        return try application.server(configuration)
    }

    /// The server over TLS, and the server without TLS that redirects to it.
    package func servers(
        _ configuration: HTTPServer.Configuration,
        _ tls: TLSSettings,
        redirectingFrom redirectPort: Int,
        onRedirectListening: (@Sendable (SocketAddress) -> Void)? = nil
    ) throws(RoutesError) -> (HTTPServer, HTTPServer) {
        var configuration = configuration
        // The limits are the same for both.
        var plain = configuration
        plain.loops = 1
        plain.flashPolicy = nil
        var port = 443
        if case .host(let host, let securePort) = configuration.address {
            plain.address = .host(host, port: redirectPort)
            port = securePort
        } else {
            plain.address = .host("127.0.0.1", port: redirectPort)
        }
        plain.onListening = onRedirectListening
        let redirect = HTTPSRedirect(port: port)
        let onListening = configuration.onListening
        configuration.onListening = { address in
            if let port = address.port { redirect.set(port: port) }
            onListening?(address)
        }
        return (
            try server(configuration, tls: tls),
            HTTPServer(redirect, configuration: plain, logger: logger)
        )
    }
}
#endif
