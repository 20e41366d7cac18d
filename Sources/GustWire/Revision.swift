package import NIOCore

/// A revision of the protocol as one value: the grammar of its URLs, its codecs, its heartbeat, and the bytes of its refusals.
///
/// No code outside this module asks which revision it serves. Immutable, and a class because every request and
/// every connection refers to one.
public final class Revision: Sendable, Hashable {
    /// Which end sends pings.
    package enum HeartbeatDirection: Sendable, Equatable {
        /// The server pings, the client answers.
        case serverPings
        /// The client pings, the server answers.
        case clientPings
    }

    /// How the ids of sockets are made.
    package enum SocketIdentifiers: Sendable, Equatable {
        /// A random id for each socket, sent in the answer to CONNECT.
        case own
        /// The sid in `/`, and `/namespace#<sid>` in other namespaces.
        case namespaced
        /// The sid in every namespace.
        case session

        /// The id of a socket in `namespace`, if it is derived from the sid; nil if it is random.
        package func derived(from session: String, in namespace: String) -> String? {
            switch self {
            case .own: nil
            case .namespaced where namespace != "/": "\(namespace)#\(session)"
            case .namespaced, .session: session
            }
        }
    }

    /// The name in URLs and documents: `4` is Engine.IO 4 with Socket.IO protocol 5, `0.9` is Socket.IO 0.7 to 0.9.
    public let name: String
    /// Its transports, in the order in which a client should try them.
    package let transports: [TransportDescriptor]
    /// The address of a request; nil if the request isn't of this revision.
    package let address: @Sendable (borrowing AddressParts) -> Address?
    /// A codec for one connection.
    package let makeCodec: @Sendable (Layer, PayloadLimits) -> any Codec
    /// Encodes and decodes polling bodies.
    package let payload: any PayloadCodec
    /// The call in responses to scripts.
    package let callback: ScriptCallback
    /// Takes the payload out of the body of a `POST`; the second parameter says whether the client is a script, which posts a form.
    package let posted: @Sendable (_ body: ByteBuffer, _ isScript: Bool) throws(WireError) -> ByteBuffer
    package let heartbeat: HeartbeatDirection
    /// The times of the revision.
    package let timing: RevisionTiming
    /// The behaviour of its connections.
    package let rules: ConnectionRules
    /// Whether a client is in `/` without asking.
    package let connectsImplicitly: Bool
    package let socketIdentifiers: SocketIdentifiers
    /// The response to a refused request.
    package let refusal: @Sendable (Refusal) -> RefusalBody
    /// The response to a `POST`.
    package let postReply: PostReply
    /// Whether a close packet is sent on every transport; otherwise only in the response to a pending poll.
    package let announcesClose: Bool
    /// The body of the response to ``Address/Purpose/handshake``; nil if the sid is sent in the first packet.
    package let handshakeReply: (@Sendable (Handshake) -> ByteBuffer)?

    init(
        name: String,
        transports: [TransportDescriptor],
        address: @escaping @Sendable (borrowing AddressParts) -> Address?,
        makeCodec: @escaping @Sendable (Layer, PayloadLimits) -> any Codec,
        payload: any PayloadCodec,
        callback: ScriptCallback,
        posted: @escaping @Sendable (_ body: ByteBuffer, _ isScript: Bool) throws(WireError) -> ByteBuffer,
        heartbeat: HeartbeatDirection,
        timing: RevisionTiming,
        rules: ConnectionRules,
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
        self.callback = callback
        self.posted = posted
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

    /// The transport with this name in URLs; nil if the revision has none.
    package func transport(named name: String) -> TransportDescriptor? {
        // bytes: no text but itself is canonically equivalent to one of the names, which are letters and hyphens of ASCII.
        transports.first { $0.name == name }
    }

    /// The number of the revision in Engine.IO; nil for the revisions before Engine.IO.
    public var engineIOVersion: Int? { Int(name) }

    /// Whether its clients have events; if not, they have messages only.
    package var hasEvents: Bool { rules.hasEvents }

    /// All revisions, the newest first.
    public static let all: [Revision] = [.engineIO4, .engineIO3, .socketIO09, .socketIO06]

    /// Whether both have the same name.
    public static func == (left: Revision, right: Revision) -> Bool { left === right || left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Revision: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
