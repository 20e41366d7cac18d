public import GustClientWire
public import GustHTTP
public import GustWire
public import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a ``SocketClient`` connects, what it sends with each connection, and how much it keeps.
///
/// ```swift
/// var settings = ClientSettings()
/// settings.transport = .webSocket
/// settings.headers[.userAgent] = "thermometer/1.0"
/// settings.reconnection.maximumDelay = .seconds(30)
/// let client = try SocketClient("https://example.org", settings)
/// ```
public struct ClientSettings: Sendable {
    /// The path of the endpoint on the server: the route of a Gust server, the option `path` of the server for Node.
    ///
    /// One slash at its end doesn't matter.
    public var path = "/socket.io"
    /// The revision of the protocol; the default is that of socket.io 3 and 4.
    public var revision = Revision.engineIO4
    /// The transport; by default polling that is upgraded to a WebSocket, which works through every proxy.
    ///
    /// With `.webSocket` a connection needs one round trip less.
    public var transport: ClientTransport?
    /// Header fields of every request.
    public var headers = HTTPFields()
    /// Whether cookies that responses set are sent with the requests that follow, as load balancers expect that find the server of a
    /// client by a cookie.
    ///
    /// They are kept as long as the client, for its server only: at most 50 of at most 4,096 bytes each.
    public var keepsCookies = true
    /// Parameters of the query of every request; the server reads them in the handshake.
    public var query: [(name: String, value: String)] = []
    /// Header fields and parameters that are asked for before each attempt to connect, such as a token that expires; they are
    /// added to ``headers`` and ``query``.
    ///
    /// The attempt fails with the error that the closure throws, or after ``connectTimeout``; the next one asks again.
    public var credentials: (@Sendable () async throws -> ClientCredentials)?
    /// Whether and when a lost connection is opened again.
    public var reconnection = ReconnectionSettings()
    /// How long one attempt to connect may take, from the name of the host to the first packet.
    public var connectTimeout = Duration.seconds(20)
    /// How long the server may take to let a socket into its namespace.
    public var joinTimeout = Duration.seconds(20)
    /// How long an upgrade to a WebSocket may take; afterwards the connection stays on polling.
    public var upgradeTimeout = Duration.seconds(10)
    /// How long an acknowledgement may take, if the call doesn't say otherwise.
    public var acknowledgementTimeout = Duration.seconds(10)
    /// How long the end of a connection may take until it is cut.
    public var closeTimeout = Duration.seconds(5)
    /// How often an event is sent again if it isn't acknowledged within ``acknowledgementTimeout``; 0 sends each event once.
    ///
    /// With retries the events of a socket are sent one after the other, each until the server has acknowledged it, also across
    /// lost connections: each arrives at least once, in order. A server that handles an event twice must recognise it.
    /// Without a connection an event has no deadline: it waits until ``reconnection`` allows no further attempt, or the socket is
    /// disconnected.
    public var retries = 0
    /// The form of the packets; the server must use the same.
    public var parser = PacketParser.json
    /// How messages of a WebSocket are compressed; nil offers no compression.
    ///
    /// ``/Gust/WebSocketDeflate`` is seen from the server: `keepsClientContext` and `clientWindowBits` are about the messages of
    /// this client.
    public var deflate: WebSocketDeflate?
    /// The certificates of servers that this client trusts, for `https`.
    public var tls = ClientTLS()
    /// The proxy; by default that of the environment.
    public var proxy = ProxyChoice.environment
    /// How much is accepted and kept.
    public var limits = ClientLimits()
    /// Called with each frame that is sent or received, for people who debug a server.
    ///
    /// It is called on the client's loop and must not block.
    public var trace: (@Sendable (TracedFrame) -> Void)?

    /// Makes settings with the default values.
    public init() {}
}
