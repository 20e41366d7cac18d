package import NIOCore

/// A generation of the protocol as one value: grammar of its URLs, codecs, heartbeat, and the bytes it says things with.
///
/// Nothing outside this module asks which generation it serves. Constant, and handed about by reference: every request and
/// every connection carries one.
public final class Revision: Sendable, Hashable {
    /// Who asks whether the other is alive.
    package enum HeartbeatDirection: Sendable, Equatable {
        /// The server pings, the client answers.
        case serverPings
        /// The client pings, the server answers.
        case clientPings
    }

    /// What a socket's id is.
    package enum SocketIdentifiers: Sendable, Equatable {
        /// One of its own, told in the answer to CONNECT.
        case own
        /// The session's in `/`, and `/namespace#<session id>` elsewhere.
        case namespaced
        /// The session's in every namespace.
        case session

        /// The id of a socket in `namespace`, if the session's makes it; nil for one of its own.
        package func derived(from session: String, in namespace: String) -> String? {
            switch self {
            case .own: nil
            case .namespaced where namespace != "/": "\(namespace)#\(session)"
            case .namespaced, .session: session
            }
        }
    }

    /// The name in URLs and documents: `4` is Engine.IO 4 with Socket.IO protocol 5.
    public let name: String
    /// The transports it knows, as URLs name them, in the order a client should try them.
    package let transports: [String]
    /// What a request addresses, if it is of this generation.
    package let address: @Sendable (AddressParts) -> Address?
    /// A codec for one connection.
    package let makeCodec: @Sendable (Layer, PayloadLimits) -> any Codec
    /// Polling bodies.
    package let payload: any PayloadCodec
    /// What surrounds payloads in scripts and forms.
    package let wrapping: Wrapping
    package let heartbeat: HeartbeatDirection
    /// What it does by the clock.
    package let timing: RevisionTiming
    /// How its sessions behave.
    package let rules: SessionRules
    /// Whether a client is in `/` without asking.
    package let connectsImplicitly: Bool
    package let socketIdentifiers: SocketIdentifiers
    /// A refusal in this generation's words.
    package let refusal: @Sendable (Refusal) -> RefusalBody
    /// What a `POST` is answered with.
    package let postReply: PostReply
    /// Whether the end is said on every transport; if not, only a pending poll is told.
    package let announcesClose: Bool
    /// The body that answers ``Address/Purpose/handshake``; nil if the first packet tells the session id.
    package let handshakeReply: (@Sendable (Handshake) -> ByteBuffer)?

    init(
        name: String,
        transports: [String],
        address: @escaping @Sendable (AddressParts) -> Address?,
        makeCodec: @escaping @Sendable (Layer, PayloadLimits) -> any Codec,
        payload: any PayloadCodec,
        wrapping: Wrapping,
        heartbeat: HeartbeatDirection,
        timing: RevisionTiming,
        rules: SessionRules,
        connectsImplicitly: Bool,
        socketIdentifiers: SocketIdentifiers,
        refusal: @escaping @Sendable (Refusal) -> RefusalBody,
        postReply: PostReply,
        announcesClose: Bool,
        handshakeReply: (@Sendable (Handshake) -> ByteBuffer)?
    ) {
        self.name = name
        self.transports = transports
        self.address = address
        self.makeCodec = makeCodec
        self.payload = payload
        self.wrapping = wrapping
        self.heartbeat = heartbeat
        self.timing = timing
        self.rules = rules
        self.connectsImplicitly = connectsImplicitly
        self.socketIdentifiers = socketIdentifiers
        self.refusal = refusal
        self.postReply = postReply
        self.announcesClose = announcesClose
        self.handshakeReply = handshakeReply
    }

    /// Its number in Engine.IO's own count; nil for what came before Engine.IO.
    public var engineIOVersion: Int? { Int(name) }

    /// Whether its clients have events; if not, they have messages only.
    public var hasEvents: Bool { rules.hasEvents }

    /// All generations, the newest first.
    public static let all: [Revision] = [.engineIO4, .engineIO3, .socketIO09, .socketIO06]

    /// Generations are the same if their names are.
    public static func == (left: Revision, right: Revision) -> Bool { left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Revision: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
