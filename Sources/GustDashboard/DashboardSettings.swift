/// The settings of a ``Dashboard``.
public struct DashboardSettings: Sendable {
    /// Whether the page may emit events and disconnect sockets; `false`, so that whoever sees the page changes nothing.
    ///
    /// Each action is logged by the server's logger as `notice`, with the address of the visitor.
    public var allowsActions = false
    /// How many pages may be open at once, 16 by default; further ones get no data.
    public var maximumViewers = 16
    /// The origins of pages that may use the dashboard besides those of its own host, such as `https://admin.example.com`.
    ///
    /// By default only the page itself can. A proxy that changes `Host` makes the WebSocket of the page look like that of another site: then the
    /// page stays on polling, or its origin is named here.
    public var origins: [String] = []

    /// Makes the default settings.
    public init() {}
}
