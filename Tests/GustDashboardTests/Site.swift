import Gust
import GustTesting
import InMemoryLogging
import Logging
import NIOCore

@testable import GustDashboard

/// A Socket.IO server with a dashboard at `/admin`.
struct Site {
    let io: SocketIO
    let dashboard: Dashboard
    let logs = InMemoryLogHandler()
    let client: TestClient

    /// Makes a site.
    ///
    /// - Parameters:
    ///   - allowsActions: whether the dashboard may act.
    ///   - origins: the origins in the settings of the dashboard.
    ///   - mount: makes the route; by default an open one.
    /// - Throws: the mistakes of the routes.
    init(
        allowsActions: Bool = false,
        origins: [String] = [],
        _ mount: (Dashboard) -> Route = { $0.openRoutes("/admin") }
    ) throws {
        let io = SocketIO(logger: Logger(label: "test") { [logs] _ in logs })
        io["/"].on("join") { (socket: Socket, room: String) in socket.join(room) }
        io["/"].on("echo") { (socket: Socket, text: String) in socket.emit("echo", text) }
        io["/side"].on("join") { (socket: Socket, room: String) in socket.join(room) }
        var settings = DashboardSettings()
        settings.allowsActions = allowsActions
        settings.origins = origins
        dashboard = Dashboard(of: io, settings)
        self.io = io
        var app = Application()
        app.add(io.routes())
        app.add(mount(dashboard))
        client = TestClient(try app.router())
    }

    /// Opens the page's connection.
    func page(over transport: ClientTransport = .webSocket) async throws -> Page {
        Page(socket: try await client.open("/admin/live", over: transport))
    }

    /// A client that is in a room.
    func visitor(in room: String, over transport: ClientTransport = .webSocket) async throws -> TestSocket {
        let visitor = try await client.open(over: transport)
        _ = try await visitor.emitWithAcknowledgement("join", room)
        return visitor
    }
}
