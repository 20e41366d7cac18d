import Gust
import GustClient
import GustTesting
import HTTPTypes
import Synchronization

/// GustClient as the client of conformance bodies: each socket has a client, and so a connection, of its own.
final class GustClientConformance: ConformanceClient {
    private struct State {
        var headers: HTTPFields = [:]
        var sockets: [ClientConformanceSocket] = []
    }

    private let server: TestClient
    private let port: Int
    private let state = Mutex(State())

    init(_ server: TestClient, port: Int) {
        self.server = server
        self.port = port
    }

    func setHeaders(_ headers: HTTPFields) { state.withLock { $0.headers = headers } }

    func wait(for what: String, until condition: @escaping @Sendable () -> Bool) async throws {
        try await server.wait(for: what, until: condition)
    }

    func socket(_ profile: ClientProfile, in namespace: String) async throws -> any ConformanceSocket {
        try await socket(profile, in: namespace, reconnects: false)
    }

    /// Opens a connection, which is opened again if it is lost and `reconnects` is true, and joins a namespace.
    ///
    /// The client has a socket in `/` too, so that its connection doesn't end when it leaves the other namespace.
    func socket(
        _ profile: ClientProfile,
        in namespace: String = "/",
        reconnects: Bool
    ) async throws -> ClientConformanceSocket {
        var settings = ClientSettings()
        settings.revision = profile.revision
        settings.transport = profile.transport
        settings.headers = state.withLock { $0.headers }
        settings.reconnection.isEnabled = reconnects
        settings.reconnection.delay = .zero
        settings.proxy = .none
        let socket = try ClientConformanceSocket("http://127.0.0.1:\(port)", settings, namespace, server)
        state.withLock { $0.sockets.append(socket) }
        try await socket.connect()
        return socket
    }

    /// Closes all clients.
    func close() async {
        let sockets = state.withLock { state in
            defer { state.sockets = [] }
            return state.sockets
        }
        for socket in sockets { await socket.end() }
    }
}
