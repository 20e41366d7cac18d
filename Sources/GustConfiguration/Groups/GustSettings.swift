#if Configuration
/// The settings of everything that Gust serves; a property of the settings of an application, or all of them.
///
/// ```swift
/// struct DeskSettings: SettingsGroup {
///     var gust = GustSettings()
///     @Setting("desk.title", "The name in the title of each page") var title = "Desk"
/// }
/// ```
///
/// An application that needs only some of its parts has these as properties instead, such as ``HTTPSettings``: then `--help` lists no others.
public struct GustSettings: SettingsGroup {
    /// Where the application runs.
    public var mode = Mode.production
    /// The server of HTTP.
    public var http = HTTPSettings()
    #if TLS
    /// TLS, without which the server speaks http.
    public var tls = TLSGroup()
    #endif
    /// The endpoints of Socket.IO.
    public var socketIO = SocketIOGroup()
    /// The sessions of browsers.
    public var sessions = SessionSettings()
    /// The log.
    public var logging = LoggingSettings()

    /// Makes the defaults.
    public init() {
        if let reading = SettingsReading.current { mode = reading.mode }
    }
}
#endif
