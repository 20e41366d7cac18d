import GustHTTP

/// What never changes of a client; one object, so that its parts don't each keep a copy of the settings.
final class ClientConfiguration: Sendable {
    let server: ServerURL
    let settings: ClientSettings
    let dialer: ServerDialer
    /// The cookies that responses have set; nil if they aren't kept.
    let jar: CookieJar?
    /// The path of the endpoint as the grammars take it.
    let grammarPath: String

    init(_ server: ServerURL, _ settings: ClientSettings, _ dialer: ServerDialer) {
        self.server = server
        self.settings = settings
        self.dialer = dialer
        jar = settings.keepsCookies ? CookieJar() : nil
        grammarPath = settings.grammarPath
    }
}
