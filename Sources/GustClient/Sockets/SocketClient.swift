import GustHTTP
import GustJSON
import GustWire
public import Logging
public import NIOCore
public import NIOPosix

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A client of a Socket.IO server: one connection for the sockets of any number of namespaces, which is opened again when it is lost.
///
/// ```swift
/// let client = try SocketClient("https://example.org")
/// let socket = try await client.connect()
/// socket.on("news") { (line: String) in print(line) }
/// socket.emit("hello", "world")
/// let sum = try await socket.emitWithAcknowledgement("sum", 20, 22).decode(Int.self, at: 0)
/// await client.close()
/// ```
///
/// It speaks the revisions of every server since 2010, over polling and WebSockets. All methods may be called from any thread. A
/// connected socket keeps its connection, also if nobody refers to the client or the socket: end it with ``close()`` or
/// ``ClientSocket/disconnect()``.
public final class SocketClient: Sendable {
    /// The logger of all clients that are given none.
    static let usualLogger = Logger(label: "gust.client")

    /// The namespace of the URL.
    private let namespace: String
    let connection: ClientConnection

    /// Makes a client; it connects with its first socket.
    ///
    /// The path of the URL is the namespace of ``connect(_:auth:within:)``, as in socket.io-client; the path of the endpoint is
    /// ``ClientSettings/path``. `http+unix://%2Frun%2Fapp.sock` is a server on a Unix domain socket.
    /// - Parameters:
    ///   - url: where the server is: `http`, `https`, `ws` or `wss`.
    ///   - settings: how to connect.
    ///   - group: the loops of which the client uses one.
    ///   - logger: records what happens to the connection, at the level `debug`, and errors that nobody handles; nil for one with the
    ///     label `gust.client`.
    /// - Throws: ``ClientURLError`` if the URL or that of a proxy in the settings can't be used.
    public convenience init(
        _ url: String,
        _ settings: ClientSettings = ClientSettings(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger? = nil
    ) throws(ClientURLError) {
        // A wrong setting is refused now; a wrong variable is the error of the first attempt.
        if case .url = settings.proxy { _ = try ProxyServer(settings.proxy, for: try ServerURL(url), { _ in nil }) }
        // Asked at each attempt: a copy of the environment would be kept by each client.
        let dialer = ServerDialer(settings) { ProcessInfo.processInfo.environment[$0] }
        try self.init(url, settings, on: group.next(), dialer, logger ?? Self.usualLogger)
    }

    /// Makes a client on a loop, with the channels of a dialer.
    init(
        _ url: String,
        _ settings: ClientSettings,
        on eventLoop: any EventLoop,
        _ dialer: ServerDialer,
        _ logger: Logger = SocketClient.usualLogger
    ) throws(ClientURLError) {
        let server = try ServerURL(url)
        namespace = server.namespace
        connection = ClientConnection(server, settings, eventLoop, dialer, logger)
    }

    /// Another reference to the client of a socket.
    init(_ connection: ClientConnection) {
        namespace = connection.server.namespace
        self.connection = connection
    }

    // MARK: Sockets

    /// The socket of a namespace, which isn't connected by this call; one for each namespace.
    ///
    /// - Parameter namespace: the namespace; nil for that of the URL, `/` unless it has a path.
    /// - Returns: the socket.
    public func socket(_ namespace: String? = nil) -> ClientSocket {
        connection.socket(named: namespace ?? self.namespace, nil)
    }

    /// The socket of a namespace, with the payload of its CONNECT packet, which the server reads as `auth`.
    ///
    /// - Parameters:
    ///   - namespace: the namespace; nil for that of the URL.
    ///   - auth: asked before each time the socket is connected, such as for a token that expires; if it throws, the socket isn't
    ///     connected.
    /// - Returns: the socket.
    public func socket<Auth: Encodable & Sendable>(
        _ namespace: String? = nil,
        auth: @escaping @Sendable () async throws -> Auth
    ) -> ClientSocket {
        connection.socket(named: namespace ?? self.namespace) { try JSONSlice.encode(try await auth()) }
    }

    /// Connects the socket of a namespace, and waits until it is connected.
    ///
    /// - Parameters:
    ///   - namespace: the namespace; nil for that of the URL.
    ///   - time: how long to wait.
    /// - Returns: the connected socket.
    /// - Throws: as ``ClientSocket/connect(within:)``.
    public func connect(_ namespace: String? = nil, within time: Duration = .seconds(20)) async throws -> ClientSocket {
        let socket = socket(namespace)
        try await socket.connect(within: time)
        return socket
    }

    /// Connects the socket of a namespace with the payload of its CONNECT packet, and waits until it is connected.
    ///
    /// - Parameters:
    ///   - namespace: the namespace; nil for that of the URL.
    ///   - auth: the payload, for all times that the socket is connected.
    ///   - time: how long to wait.
    /// - Returns: the connected socket.
    /// - Throws: as ``ClientSocket/connect(within:)``.
    public func connect(
        _ namespace: String? = nil,
        auth: some Encodable & Sendable,
        within time: Duration = .seconds(20)
    ) async throws -> ClientSocket {
        let socket = socket(namespace) { auth }
        try await socket.connect(within: time)
        return socket
    }

    // MARK: The connection

    /// What the connection is doing.
    public var state: ClientState { connection.observers.state }

    /// What the connection is doing, now and from now on; the sequence ends when the client is closed.
    public var states: AsyncStream<ClientState> { connection.observers.states() }

    /// Calls `body` with errors that no call throws: of handlers, of events that couldn't be sent, of credentials.
    ///
    /// Without such a closure they are logged, also those of a client that was closed.
    @discardableResult
    public func onError(
        _ body: @escaping @Sendable (_ error: any Error, _ socket: ClientSocket?, _ event: String?) -> Void
    ) -> Subscription {
        let subscription = Subscription()
        connection.run { connection in
            // Nothing would free it.
            if !connection.machine.isClosed { connection.errorHandlers.add(subscription) { body($0.0, $0.1, $0.2) } }
        }
        return subscription
    }

    /// Disconnects all sockets and closes the connection for good, after what was sent before has been handed to the operating system.
    ///
    /// Returns when the connection is closed, at the latest after ``ClientSettings/closeTimeout``. Sequences of events and of states
    /// end, and handlers are removed.
    public func close() async {
        await withCheckedContinuation { continuation in
            connection.run { $0.close { continuation.resume() } }
        }
    }
}
