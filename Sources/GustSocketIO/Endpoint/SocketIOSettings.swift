public import CoreMetrics
public import GustAdapter
public import GustHTTP
public import GustSessions
public import GustWire
public import HTTPTypes
import NIOCore

/// The settings of a Socket.IO server; the times are those of each revision's reference server unless they are set.
public struct SocketIOSettings: Sendable {
    /// The time between two heartbeats; nil for the default of each revision.
    ///
    /// The defaults are those of the reference servers: 25 s, and 10 s for 0.6. Polling clients of 0.6 and 0.9 have no
    /// heartbeat: the server expects their next poll within ``closeTimeout``.
    public var pingInterval: Duration?
    /// How long the answer to a heartbeat may take; nil for the default of each revision: 20 s, 60 s for
    /// 0.9, 8 s for 0.6.
    public var pingTimeout: Duration?
    /// How long an upgrade may take; after that the connection stays on its old transport.
    public var upgradeTimeout: Duration = .seconds(10)
    /// How long a connection may stay without a namespace; after that it is closed.
    public var connectTimeout: Duration = .seconds(45)
    /// How long a closed polling connection waits for a poll that fetches the remaining packets.
    ///
    /// It also is the time within which a polling client of 0.6 or 0.9 must poll again. nil for the default of each
    /// revision: 30 s, 60 s for 0.9, 8 s for 0.6.
    public var closeTimeout: Duration?
    /// How long a poll of 0.6 or 0.9 is kept pending while there are no packets; nil for 20 s, as in
    /// their reference servers.
    public var pollDuration: Duration?
    /// How many handshakes of 0.9 may wait for their clients to open a transport; further handshakes are answered 503.
    public var maximumAnnouncedConnections = 10_000
    /// How many handshakes of 0.9 from one address may wait; further handshakes are answered 503.
    ///
    /// IPv6 addresses with the same first 64 bits count as one address.
    public var maximumAnnouncedConnectionsPerAddress = 1_000
    /// How many bytes of header fields, and how many bytes of the target, a connection keeps of the
    /// request that opened it.
    ///
    /// Header fields that exceed the bound are left out of ``SocketHandshake/headers``. A handshake with a longer
    /// target is answered 414.
    public var maximumHandshakeSize = 8_192
    /// The origins of the pages that may use the endpoint; the default admits all.
    ///
    /// Responses to pages in a list have the header fields of CORS, with credentials, in every revision. Without a
    /// list, pages of other origins can't read the responses to polls; that doesn't apply to WebSockets.
    public var origins = Origins.any
    /// The greatest length of a message or of the body of a `POST`, in bytes, on every transport.
    public var maximumPayload = 1_000_000
    /// The greatest number of packets in one payload.
    package var maximumPackets = 1_000
    /// The greatest number of binary attachments of one event.
    ///
    /// If attachments of an event are still missing at the second heartbeat after it, the connection is closed.
    public var maximumAttachments = 10
    /// The greatest length of all binary attachments of one event together, in bytes.
    public var maximumAttachmentBytes = 10_000_000
    /// The names of the transports that are offered; the default is all.
    ///
    /// The names since 1.0 are `polling` and `websocket`. The names before 1.0 are `websocket`, `flashsocket`,
    /// `htmlfile`, `xhr-polling`, `jsonp-polling` and, in 0.6 only, `xhr-multipart`.
    public var transports = Set(Revision.all.flatMap { $0.transports.map(\.name) })
    /// Whether a polling client may upgrade to WebSocket.
    public var allowsUpgrades = true
    /// The protocol revisions that are served.
    ///
    /// A client of another revision is refused with an error that names the reason.
    public var revisions = Revision.all
    /// The form in which clients of revision 4 send and receive packets; the browser client of Gust has the form JSON only.
    public var parser = PacketParser.json
    /// How many connections may be open; further handshakes are answered 503.
    ///
    /// 0 means no limit.
    public var maximumConnections = 100_000
    /// How many connections from one address may be open; further handshakes are answered 503.
    ///
    /// 0 means no limit. IPv6 addresses with the same first 64 bits count as one address. Behind a proxy all clients
    /// have the address of the proxy, unless the middleware `TrustedProxies` is in front of the endpoint.
    public var maximumConnectionsPerAddress = 10_000
    /// The load of the server beyond which further handshakes are answered 503.
    public var load = LoadLimits()
    /// The rate at which a client may send events and messages; nil for no limit.
    ///
    /// ```swift
    /// settings.eventRate = EventRate(perSecond: 50, burst: 100)
    /// ```
    public var eventRate: EventRate?
    /// How many namespaces one client may be in at once; further namespaces are refused.
    public var maximumNamespaces = 64
    /// How many dynamic namespaces one client may be in at once; further namespaces are refused.
    ///
    /// This prevents a few connections from using up ``maximumDynamicNamespaces``.
    package var maximumDynamicNamespacesPerConnection = 16
    /// How many rooms one socket may be in, besides the room of its id; see ``Socket/join(_:)-(String...)``.
    public var maximumRooms = 1_000
    /// The greatest length of the name of a room, or of a namespace that a client joins, in bytes of UTF-8.
    package var maximumNameLength = 1_024
    /// How many acknowledgements of one client may be outstanding, in all its namespaces together.
    public var maximumAcknowledgements = 1_024
    /// How many async handlers of one connection may be suspended at once; at that number the server
    /// stops reading from it.
    public var maximumSuspendedHandlers = 64
    /// How many dynamic namespaces there may be at once.
    package var maximumDynamicNamespaces = 10_000
    /// How many predicates of an async family may run at once; further clients are refused.
    package var maximumNamespaceQuestions = 1_024
    /// The bounds of the packets that wait to be sent to one client.
    public var outbox = OutboxLimits()
    /// How long responses to polls are compressed for clients that accept gzip or deflate; nil sends them uncompressed.
    public var pollCompression: PollCompression? = PollCompression()
    /// How the messages of WebSockets are compressed if the client offers permessage-deflate; nil declines the offer.
    public var deflate: WebSocketDeflate?
    /// The store of the sessions of connections; not used where the middleware `Sessions` is in front of the endpoint.
    ///
    /// When a connection ends, its session is removed from the store, because no later connection can use it.
    public var sessionStore: any SessionStore = MemorySessionStore()
    /// Whether a connection is closed when the session of its browser ends.
    ///
    /// The session comes from the middleware `Sessions`. It ends when this process calls `Session.destroy()` (sign-out)
    /// or `Session.renew()` (sign-in). If this is `false`, the sockets keep the identity of the old session. The
    /// connection is closed with ``CloseReason/forcedServerClose`` and without a DISCONNECT packet, so that the client
    /// reconnects, with its new cookie.
    public var endsWithSession = true
    /// The greatest length of all values of a session together, as JSON, in bytes.
    package var maximumSessionSize = 65_536
    /// The factory of the metrics; nil for the factory that the program has bootstrapped (`MetricsSystem.factory`).
    ///
    /// The metrics are `socketio_connections`, `socketio_sockets`, `socketio_sessions_total`, `socketio_packets_total`
    /// and `socketio_bytes_total`, with the dimensions `transport` and `direction`,
    /// `socketio_refused_connections_total` with the dimension `reason`, `socketio_refused_packets_total`,
    /// `socketio_dropped_packets_total`, `socketio_disconnects_total` and `socketio_closed_connections_total` with the
    /// dimension `reason`, `socketio_upgrades_total` (`outcome`), `socketio_recoveries_total` (`recovered`), and, with the
    /// dimensions `namespace` and `event`, `socketio_handler_duration_seconds`, `socketio_refused_arguments_total` and
    /// `socketio_acknowledgement_duration_seconds`. `socketio_loop_lag_seconds` has no dimension. The article on metrics describes
    /// them. With a factory that discards all values, which is the default, nothing is measured.
    public var metrics: (any MetricsFactory)?
    /// The time between two reports of metrics while clients are connected.
    public var metricsInterval = Duration.seconds(10)
    /// Called with the request of each handshake before a connection is made; the handshake is refused if
    /// the closure throws.
    ///
    /// The client receives the text of the error if it is a ``PublicError``. Middleware in front of the endpoint's
    /// route, in contrast, is called for every request.
    public var admit: (@Sendable (Request) throws -> Void)?
    /// Called with the request of each handshake after ``admit``, and awaited; the handshake is refused if the closure
    /// throws.
    ///
    /// The closure runs in a task of the request, which is cancelled when the client leaves. If it is nil, a handshake
    /// costs no task. The client receives the text of the error if it is a ``PublicError``.
    ///
    /// ```swift
    /// settings.admitAsynchronously = { request in
    ///     guard try await accounts.isOpen(request.query["account"]) else { throw HTTPError(.forbidden, "closed") }
    /// }
    /// ```
    public var admitAsynchronously: (@Sendable (Request) async throws -> Void)?
    /// Makes the sid of each new connection from the request of its handshake; nil for random sids.
    ///
    /// A sid is a secret: whoever knows the sid of a polling connection can take the connection over, so it must be
    /// impossible to guess. It has 1 to 128 characters, with `SessionForwarding` of GustForwarding 1 to 116: letters and digits of ASCII,
    /// `-` and `_`. If the closure throws, or
    /// if the sid is invalid or in use, the error is logged and the handshake is refused.
    public var generateID: (@Sendable (Request) throws -> String)?
    /// A message that each client of Engine.IO 3 and 4 receives directly after the handshake; nil for none.
    ///
    /// It is a message of Engine.IO. Clients of Socket.IO take its text for a packet of Socket.IO, and disconnect if it
    /// isn't one.
    public var initialPacket: Message?
    /// Whether the path of a request must have a slash at its end, as in `/socket.io/`.
    ///
    /// If this is `false`, `/socket.io` is accepted too. If it is `true`, later routes are tried for that path. Files of the
    /// browser client and paths of clients before 1.0 are not affected.
    public var requiresTrailingSlash = false
    /// A cookie that responses to handshakes over HTTP set, with the sid as its value; nil for none.
    ///
    /// The value in the setting is ignored. The cookie has no purpose in the protocol: a proxy can use it to keep each
    /// client on its node. The response to the handshake of a WebSocket has no cookie, because no request follows it.
    ///
    /// ```swift
    /// settings.cookie = Cookie("io", "")
    /// ```
    public var cookie: Cookie?
    /// Called before the first response of a connection is sent; may change the header fields of the response.
    ///
    /// The closure is called on the loop of the request. Fields that the transport needs, such as `Content-Type` of a
    /// poll, are set afterwards. Refusals aren't responses of a connection.
    public var initialHeaders: (@Sendable (_ headers: inout HTTPFields, _ request: Request) -> Void)?
    /// Called before each response of a connection is sent, also before the first; may change the header fields.
    ///
    /// These are the responses to handshakes, polls and `POST`s, and the responses with status 101. The closure is called
    /// on the loop of the request, for the first response after ``initialHeaders``. Refusals aren't responses of a
    /// connection.
    public var headers: (@Sendable (_ headers: inout HTTPFields, _ request: Request) -> Void)?

    /// The bounds of the packets that wait to be sent to one client.
    public struct OutboxLimits: Sendable {
        /// What happens if a bound is exceeded.
        public enum Policy: Sendable {
            /// The connection is closed with ``CloseReason/outboxOverflow``.
            case disconnect
            /// The oldest events and messages are dropped until the remaining packets fit; ``SocketIOStatistics/dropped`` counts them.
            ///
            /// An event is dropped with its attachments. CONNECT, acknowledgements, events that request one, and packets of the
            /// protocol are never dropped; if these alone exceed a bound, the connection is closed.
            case dropOldest
            /// ``Socket/emitAndFlush(_:_:)-(_,Value)`` suspends until there is room; if other packets exceed a bound, the connection is closed.
            ///
            /// Each suspended caller keeps its event. How many callers there are is up to the application.
            case suspend
        }

        /// The greatest number of bytes that may wait.
        public var maximumBytes = 1 << 20
        /// The greatest number of packets that may wait.
        public var maximumPackets = 1_024
        /// What happens if either bound is exceeded.
        public var policy = Policy.disconnect

        /// Bounds of 1 MiB and 1,024 packets; beyond them the connection is closed.
        public init() {}
    }

    /// Connection state recovery; nil, the default, for none.
    public var recovery: Recovery?
    /// Makes the adapter of each namespace; nil for the node's adapter alone.
    ///
    /// The closure is called once for each namespace, when the namespace is made, with the namespace's adapter for this process.
    /// It must not look up namespaces of the server, because no other namespace can be made meanwhile.
    public var adapter: (@Sendable (any NodeAdapter) -> any Adapter)?

    /// Follows received events for a tracing system; nil for none.
    ///
    /// The product GustTracing sets it.
    package var tracer: (any EventTracer)?

    /// Forwards requests of connections on other nodes to these nodes; nil answers such requests with 400.
    package var forwarder: (any SessionForwarder)?

    /// Makes settings with the default values.
    public init() {}

    var payloadLimits: PayloadLimits {
        var limits = PayloadLimits()
        limits.maximumPackets = maximumPackets
        limits.maximumAttachments = maximumAttachments
        limits.maximumAttachmentBytes = maximumAttachmentBytes
        limits.parser = parser
        return limits
    }
}
