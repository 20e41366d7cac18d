import CoreMetrics
import GustHTTP
public import GustSocketIO
import GustWire
import Logging

/// A page that shows what happens on a Socket.IO server, live: its sockets, rooms and rates, its slow handlers, and the packets of one socket.
///
/// ```swift
/// let dashboard = Dashboard(of: io)
/// app.add(dashboard.routes("/admin", through: BasicAuthentication(users: ["ada": password])))
/// ```
/// Nothing is counted or recorded while no page is open. The page shows this process only, also in a cluster. It shows what clients send and
/// receive, and the ids of sockets, which are secrets of their clients: let nobody see it who may not see those.
public struct Dashboard: Sendable {
    /// The server that is shown.
    let observed: SocketIO
    let settings: DashboardSettings
    /// The server that the pages are connected to.
    let live: SocketIO
    let audience: Audience

    /// Makes a dashboard; ``routes(_:through:file:line:)`` makes its page available.
    ///
    /// - Parameters:
    ///   - io: the server to show.
    ///   - settings: bounds, and whether the page may act.
    public init(of io: SocketIO, _ settings: DashboardSettings = DashboardSettings()) {
        observed = io
        self.settings = settings
        live = SocketIO(Self.liveSettings(settings), logger: io.observedLogger)
        audience = Audience(of: io)
        let root = live["/"]
        root.onConnect { [audience, settings] socket in
            socket.emit("hello", Welcome(settings, of: audience.observed))
            audience.enter(socket)
            socket.onDisconnect { _ in audience.leave(socket) }
        }
        Questions(audience: audience).register(on: root)
        Actions(observed: io, isAllowed: settings.allowsActions).register(on: root)
    }

    /// The settings of the server of the pages: only the client that comes with it, and little of everything.
    private static func liveSettings(_ settings: DashboardSettings) -> SocketIOSettings {
        var live = SocketIOSettings()
        live.revisions = [.engineIO4]
        live.maximumConnections = settings.maximumViewers
        live.maximumPayload = 100_000
        live.eventRate = EventRate(perSecond: 20, burst: 100)
        live.outbox.policy = .dropOldest
        // The connections of the pages aren't those of the application.
        live.metrics = NOOPMetricsHandler.instance
        return live
    }
}
