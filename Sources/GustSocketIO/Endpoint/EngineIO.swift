public import GustRouting
import GustWire
public import Logging

/// An Engine.IO server without Socket.IO: messages over polling and WebSocket, with heartbeat and upgrade.
///
/// ```swift
/// let engine = EngineIO()
/// engine.onConnect { socket in
///     socket.onMessage { message in socket.send(message) }
/// }
/// app.add(engine.routes("engine.io"))
/// ```
public struct EngineIO: Sendable {
    private let io: SocketIO

    /// Makes a server.
    public init(_ settings: SocketIOSettings = SocketIOSettings(), logger: Logger = Logger(label: "gust.engineio")) {
        var settings = settings
        settings.revisions.removeAll { $0.engineIOVersion == nil }
        io = SocketIO(settings, layer: .engineIO, logger: logger)
    }

    /// Calls `body`, on the socket's loop, with the socket of each new connection.
    public func onConnect(_ body: @escaping @Sendable (Socket) -> Void) { io.onConnect(body) }

    /// Calls `body` with each refused request; see ``SocketIO/onConnectionError(_:)``.
    public func onConnectionError(_ body: @escaping @Sendable (RefusedRequest) -> Void) { io.onConnectionError(body) }

    /// A route to this server; its parameters are those of the method `routes` of ``SocketIO``.
    public func routes(
        _ resource: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        io.route(resource: resource, extraRE: extraRE, extraSep: extraSep, name: name, file: file, line: line)
    }

    /// Numbers for monitoring.
    public var statistics: SocketIOStatistics { io.statistics }
}
