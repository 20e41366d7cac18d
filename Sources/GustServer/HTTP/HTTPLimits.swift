import NIOCore

/// The size limits and deadlines of an HTTP server.
///
/// By default all sizes and durations are limited, and the number of connections isn't.
public struct HTTPLimits: Sendable {
    /// The maximum length of a request target, in bytes; a longer target is answered 414.
    public var targetLength = 8 * 1_024
    /// The maximum length of a header field, in bytes; a longer field is answered 431.
    public var fieldLength = 16 * 1_024
    /// The maximum length of a head (request line and fields), in bytes; a longer head is answered 431.
    public var headLength = 64 * 1_024
    /// The maximum number of header fields; more fields are answered 431.
    public var fieldCount = 100
    /// The deadline of a head, from its first byte; a head that misses it is answered 408.
    public var headTimeout: Duration = .seconds(10)
    /// The time in which ``bodyProgress`` bytes of a body must be received; a body that misses it is answered 408.
    public var bodyTimeout: Duration = .seconds(30)
    /// The number of bytes of a body that must be received within ``bodyTimeout``, so that slow bodies end too.
    ///
    /// The rest of a body may be shorter. Time during which the reader of the body demands no bytes doesn't count.
    public var bodyProgress = 4 * 1_024
    /// How long a connection may wait for its next request before it is closed.
    ///
    /// The default is longer than the 60 s after which common load balancers and proxies close their connections. If this server
    /// closed a connection first, a proxy could send a request on the closing connection and answer its client with 502. The
    /// same time is the deadline of a response that isn't streamed, to a client that has shut down its sending side.
    public var idleTimeout: Duration = .seconds(75)
    /// How long a streamed response (a poll, a stream of events) may send nothing to a client that has shut down its sending
    /// side; then the connection is closed.
    ///
    /// Most such clients are gone, which the server can't detect until it sends something; others still read. The deadline of
    /// a response that isn't streamed is ``idleTimeout``.
    package var halfCloseTimeout: Duration = .seconds(5)
    /// How long a peer may read nothing while output waits for it; then the connection is aborted.
    public var writeTimeout: Duration = .seconds(60)
    /// The maximum number of bytes of an unread body that are dropped to keep the connection; a longer body closes it.
    package var drainLength = 256 * 1_024
    /// The maximum number of open connections; further connections are closed when they are accepted.
    ///
    /// 0 means no limit.
    public var maximumConnections = 0
    /// The maximum number of open connections from one address.
    ///
    /// 0 means no limit.
    public var maximumConnectionsPerAddress = 0
    /// How long the closing handshake of a WebSocket may take; then the connection is aborted.
    package var webSocketCloseTimeout: Duration = .seconds(5)

    /// Makes the default limits.
    public init() {}
}
