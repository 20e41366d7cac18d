import NIOCore

/// What the HTTP server accepts at most, and how long it waits.
///
/// All sizes and times are bounded from the start; the number of connections is not.
public struct HTTPLimits: Sendable {
    /// The longest request target, in bytes; a longer one is answered 414.
    public var targetLength = 8 * 1_024
    /// The longest header field, in bytes; a longer one is answered 431.
    public var fieldLength = 16 * 1_024
    /// The longest head (request line and fields), in bytes; a longer one is answered 431.
    public var headLength = 64 * 1_024
    /// The most header fields; more are answered 431.
    public var fieldCount = 100
    /// How long a request's head may take from its first byte; answered 408.
    public var headTimeout: Duration = .seconds(10)
    /// How long a body may stand still, or take for ``bodyProgress``; answered 408.
    public var bodyTimeout: Duration = .seconds(30)
    /// How many bytes of a body must come within ``bodyTimeout``, so that one which trickles comes to an end too.
    ///
    /// The rest of a body may be shorter. Time in which its reader asks for nothing doesn't count.
    public var bodyProgress = 4 * 1_024
    /// How long a connection may wait for its next request; then it is closed.
    ///
    /// The default is longer than the 60 s after which common load balancers and proxies close theirs: if this server
    /// closed first, a proxy could send a request into the closing connection and answer its client 502. An answer that
    /// isn't streamed may take as long for a client that has shut down its side of the connection.
    public var idleTimeout: Duration = .seconds(75)
    /// How long a streamed answer (a poll, a stream of events) may send nothing to a client that has shut down its side of
    /// the connection; then the client counts as gone.
    ///
    /// Most such clients are gone, and nothing else tells until something is sent; others still read. An answer that isn't
    /// streamed has as long as ``idleTimeout``.
    public var halfCloseTimeout: Duration = .seconds(5)
    /// How long a peer may take nothing of what waits for it; then the connection is broken off.
    public var writeTimeout: Duration = .seconds(60)
    /// How many bytes of a body that no handler read are thrown away to keep the connection; past that it is closed.
    public var drainLength = 256 * 1_024
    /// The most connections at once; further ones are closed when accepted.
    ///
    /// 0 is no limit.
    public var connections = 0
    /// The most connections at once from one address.
    ///
    /// 0 is no limit.
    public var connectionsPerAddress = 0
    /// How long the closing handshake of a WebSocket may take; then the connection is broken off.
    public var webSocketCloseTimeout: Duration = .seconds(5)

    /// The defaults.
    public init() {}
}
