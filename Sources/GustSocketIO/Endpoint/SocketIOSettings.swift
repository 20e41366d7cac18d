public import CoreMetrics
public import GustHTTP
public import GustWire
import NIOCore

/// What can be set of a Socket.IO endpoint; the defaults are those of the Node server, and safe.
public struct SocketIOSettings: Sendable {
    /// How often the server asks whether a client is alive; nil leaves it to each generation.
    ///
    /// Then it is as its own server had it: 25 s, and 10 s for 0.6. Polling clients of 0.6 and 0.9 are never asked: their
    /// next poll is the sign of life.
    public var pingInterval: Duration?
    /// How long a client may take to answer; nil leaves it to each generation: 20 s, 60 s for 0.9, 8 s for 0.6.
    public var pingTimeout: Duration?
    /// How long a client may take to finish an upgrade; after that it stays on its old transport.
    public var upgradeTimeout: Duration = .seconds(10)
    /// How long a client may stay without joining any namespace.
    public var connectTimeout: Duration = .seconds(45)
    /// How long a closed polling session waits for its client to fetch what is left, and how long a polling client of 0.6
    /// or 0.9 may stay away; nil leaves it to each generation: 30 s, 60 s for 0.9, 8 s for 0.6.
    public var closeTimeout: Duration?
    /// How long a poll of 0.6 or 0.9 is kept with nothing to say; nil is the 20 s of their servers.
    public var pollDuration: Duration?
    /// How many sessions of 0.9 may be announced and not begun; further handshakes are answered 503.
    public var maximumAnnouncedConnections = 10_000
    /// How many of them may be of one address; further handshakes are answered 503.
    ///
    /// Of IPv6 the first 64 bits are the address.
    public var maximumAnnouncedConnectionsPerAddress = 1_000
    /// How many bytes of the request that opens a connection are kept with it.
    ///
    /// Of the header fields, those that make them longer together are left out of ``SocketHandshake/headers``; a handshake with
    /// a longer target is answered 414.
    public var maximumHandshakeSize = 8_192
    /// The pages that may use the endpoint; all, unless said otherwise.
    ///
    /// A page of another origin that the list names is also sent the fields of CORS, with credentials, whatever its
    /// generation. Without a list no page of another origin reads an answer of a poll; WebSockets aren't bound by that.
    public var origins = Origins.any
    /// The longest message or `POST` body accepted, in bytes, on every transport.
    public var maximumPayload = 1_000_000
    /// The most packets in one polling payload.
    public var maximumPackets = 1_000
    /// The most binary attachments of one event.
    ///
    /// An event that still waits for some when the second heartbeat after it comes ends the connection.
    public var maximumAttachments = 10
    /// The most bytes that all binary attachments of one event may have together.
    public var maximumAttachmentBytes = 10_000_000
    /// The names of the transports that are offered, such as `polling`; all, unless said otherwise.
    ///
    /// Each generation has names of its own: `polling` and `websocket` since 1.0; before that `websocket`,
    /// `flashsocket`, `htmlfile`, `xhr-polling`, `jsonp-polling` and, in 0.6, `xhr-multipart`.
    public var transports = Set(Revision.all.flatMap { $0.transports.map(\.name) })
    /// Whether a polling client may go over to WebSocket.
    public var allowsUpgrades = true
    /// The protocol generations that are spoken.
    ///
    /// A client of another gets a clear refusal.
    public var revisions = Revision.all
    /// How many connections there may be; further handshakes are answered 503.
    ///
    /// 0 is no limit.
    public var maximumConnections = 100_000
    /// How many connections there may be from one address; further handshakes are answered 503.
    ///
    /// 0 is no limit. Of IPv6 the first 64 bits are the address. Behind a proxy all clients have its address, unless
    /// `TrustedProxies` stands in front of the endpoint.
    public var maximumConnectionsPerAddress = 10_000
    /// How many events and messages a client may send; nil is no limit.
    ///
    /// ```swift
    /// settings.eventRate = EventRate(perSecond: 50, burst: 100)
    /// ```
    public var eventRate: EventRate?
    /// How many namespaces one client may be in at once; further ones are refused.
    public var maximumNamespaces = 64
    /// How many of the namespaces made on demand one client may be in at once; further ones are refused.
    ///
    /// So that a few connections can't use up ``maximumDynamicNamespaces``.
    public var maximumDynamicNamespacesPerConnection = 16
    /// How many rooms one socket may be in, besides that of its own id; see ``Socket/join(_:)``.
    public var maximumRooms = 1_000
    /// The longest name of a room, or of a namespace that a client asks for, in bytes of UTF-8.
    public var maximumNameLength = 1_024
    /// How many acknowledgements one client may owe, in all its namespaces together.
    public var maximumAcknowledgements = 1_024
    /// How many async handlers of one connection may wait at once before its reading stops.
    public var maximumSuspendedHandlers = 64
    /// How many namespaces made on demand there may be at once.
    public var maximumDynamicNamespaces = 10_000
    /// What waits for a client that doesn't take it.
    public var outbox = OutboxLimits()
    /// Whether permessage-deflate is accepted on WebSockets.
    public var allowsDeflate = false
    /// Where sessions keep what they save, unless middleware in front of the endpoint has given them a place.
    ///
    /// What a connection's own session saves is taken out again when the connection ends: nobody can come back to it.
    public var sessionStore: any SessionStore = MemorySessionStore()
    /// Whether a connection ends when the browser's session does, which the middleware `Sessions` has put in front of it: when
    /// somebody signs out (`Session.destroy()`) or in (`Session.renew()`), in this process.
    ///
    /// Otherwise its sockets go on as who they were. The client's connection is closed with ``CloseReason/forcedServerClose``
    /// and no DISCONNECT, so that clients that come back by themselves do, with their new cookie.
    public var endsWithSession = true
    /// The longest that all values of a session may be together, as JSON in bytes.
    public var maximumSessionSize = 65_536
    /// Where numbers for monitoring go; nil is the factory that the program bootstrapped (`MetricsSystem.factory`).
    ///
    /// The metrics are `socketio_connections`, `socketio_sockets`, `socketio_sessions_total`, `socketio_packets_total` and
    /// `socketio_bytes_total`, with the dimensions `transport` and `direction`.
    public var metrics: (any MetricsFactory)?
    /// How often they are reported while anybody is connected.
    public var metricsInterval = Duration.seconds(10)
    /// Asked about each handshake before a session is made; refuses by throwing, and the text of a
    /// ``PublicError`` reaches the client.
    ///
    /// Middleware in front of the endpoint's route sees every request and is the more general way.
    public var admit: (@Sendable (Request) throws -> Void)?

    /// The bounds of an outbox, and what happens past them.
    public struct OutboxLimits: Sendable {
        /// What happens to a client for whom more waits than allowed.
        public enum Policy: Sendable {
            /// Its connection is closed with ``CloseReason/outboxOverflow``.
            case disconnect
            /// The oldest packets are dropped until the rest fits.
            case dropOldest
        }

        /// The most bytes that may wait.
        public var maximumBytes = 1 << 20
        /// The most packets that may wait.
        public var maximumPackets = 1_024
        /// What happens past either bound.
        public var policy = Policy.disconnect

        /// 1 MiB, 1,024 packets, then the connection is closed.
        public init() {}
    }

    /// The defaults.
    public init() {}

    var payloadLimits: PayloadLimits {
        var limits = PayloadLimits()
        limits.maximumPackets = maximumPackets
        limits.maximumAttachments = maximumAttachments
        limits.maximumAttachmentBytes = maximumAttachmentBytes
        return limits
    }
}
