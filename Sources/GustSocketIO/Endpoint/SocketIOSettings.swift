public import GustHTTP
public import GustWire
import NIOCore

/// What can be set of a Socket.IO endpoint; the defaults are those of the Node server, and safe.
public struct SocketIOSettings: Sendable {
    /// How often the server asks whether a client is alive.
    public var pingInterval: Duration = .seconds(25)
    /// How long a client may take to answer.
    public var pingTimeout: Duration = .seconds(20)
    /// How long a client may take to finish an upgrade; after that it stays on its old transport.
    public var upgradeTimeout: Duration = .seconds(10)
    /// How long a client may stay without joining any namespace.
    public var connectTimeout: Duration = .seconds(45)
    /// How long a closed polling session waits for its client to fetch what is left.
    public var closeTimeout: Duration = .seconds(30)
    /// The longest message or `POST` body accepted, in bytes, on every transport.
    public var maximumPayload = 1_000_000
    /// The most packets in one polling payload.
    public var maximumPackets = 1_000
    /// The most binary attachments of one event.
    public var maximumAttachments = 10
    /// The names of the transports that are offered, such as `polling`.
    public var transports: Set<String> = ["polling", "websocket"]
    /// Whether a polling client may go over to WebSocket.
    public var allowsUpgrades = true
    /// The protocol generations that are spoken.
    ///
    /// A client of another gets a clear refusal.
    public var revisions: [Revision] = [.engineIO4]
    /// How many connections there may be; further handshakes are answered 503.
    ///
    /// 0 is no limit.
    public var maximumConnections = 0
    /// How many acknowledgements one client may owe.
    public var maximumAcknowledgements = 1_024
    /// How many async handlers of one connection may wait at once before its reading stops.
    public var maximumSuspendedHandlers = 64
    /// How many namespaces made on demand there may be at once.
    public var maximumDynamicNamespaces = 10_000
    /// What waits for a client that doesn't take it.
    public var outbox = OutboxLimits()
    /// Whether permessage-deflate is accepted on WebSockets.
    public var allowsDeflate = false
    /// Asked about each handshake before a session is made; refuses by throwing, and the error's text reaches the client.
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

    var timing: ConnectionStateMachine.Timing {
        ConnectionStateMachine.Timing(
            pingInterval: TimeAmount(pingInterval),
            pingTimeout: TimeAmount(pingTimeout),
            upgradeTimeout: TimeAmount(upgradeTimeout),
            connectTimeout: TimeAmount(connectTimeout),
            closeTimeout: TimeAmount(closeTimeout)
        )
    }

    var payloadLimits: PayloadLimits {
        var limits = PayloadLimits()
        limits.maximumPackets = maximumPackets
        limits.maximumAttachments = maximumAttachments
        return limits
    }
}
