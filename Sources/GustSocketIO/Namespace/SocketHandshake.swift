public import GustHTTP
import GustSessions
import GustWire
public import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The request that opened a connection, as handlers see it.
///
/// Later requests of a polling client, and the request of its upgrade, don't change it.
public final class SocketHandshake: Sendable {
    private let text: HandshakeText
    private let key: HandshakeText.Key
    /// The captures of the endpoint's route.
    public let captures: Captures
    /// The other end of the connection.
    package let peer: Peer
    /// When the request was received, in milliseconds since 1970.
    public let issued: Int
    /// The values that middleware in front of the endpoint stored in the request.
    public let storage: RequestStorage

    init(_ request: Request, captures: Captures, maximumSize: Int = .max, sharing texts: inout HandshakeTexts) {
        let lines = request.fieldLines
        (text, key) = texts.text(
            lines.byteCount <= maximumSize ? lines : FieldLines(Self.kept(lines.fields, maximumSize)),
            request.target,
            isCrossDomain: Self.isCrossDomain(request)
        )
        self.captures = captures
        peer = request.peer
        storage = request.storage
        issued = Int((Date().timeIntervalSince1970 * 1_000).rounded(.down))
        // The socket uses the session of the browser after this request, so the response must send its
        // cookie to the browser.
        storage[SessionKey.self]?.hold()
    }

    /// The fields that fit into `maximumSize` bytes together.
    private static func kept(_ headers: HTTPFields, _ maximumSize: Int) -> HTTPFields {
        var size = 0
        func fits(_ field: HTTPField) -> Bool {
            let length = field.name.rawName.utf8.count + field.value.utf8.count + 4
            guard size + length <= maximumSize else { return false }
            size += length
            return true
        }
        var kept = HTTPFields()
        for field in headers where fits(field) { kept.append(field) }
        return kept
    }

    /// The request target: path and query, as the client sent them.
    public var target: RequestTarget { text.target }

    /// Whether a browser sent the request for a page of another origin: the request has an `Origin` whose host and port
    /// aren't those of its `Host`.
    public var isCrossDomain: Bool { text.isCrossDomain }

    /// The header fields of the request, in their order, made at each access.
    ///
    /// They are kept in little memory, because most are never read. A field is left out if the fields together would exceed
    /// ``SocketIOSettings/maximumHandshakeSize`` with it.
    public var headers: HTTPFields { text.fields(key) }

    /// When the request was received, to the millisecond.
    public var time: Date { Date(timeIntervalSince1970: Double(issued) / 1_000) }

    /// The IP address of the client as text; nil for Unix sockets.
    ///
    /// Behind a trusted proxy it is the address that the proxy names.
    public var address: String? { peer.address?.ipAddress }

    /// The network by which rate limits distinguish clients; see `Peer.network`.
    public var network: String? { peer.network }

    /// Whether the client's connection is encrypted, to this server or to the trusted proxy in front of it.
    public var isSecure: Bool { peer.isSecure }

    /// Whether a browser sent a request for a page of another origin.
    package static func isCrossDomain(_ request: Request) -> Bool {
        guard let text = request.joinedValues(of: "origin") ?? request.joinedValues(of: "sec-websocket-origin") else {
            return false
        }
        // An opaque origin is the text `null`, without a scheme.
        guard let origin = OriginParts(text), let scheme = origin.scheme else { return true }
        guard let authority = request.joinedValues(of: "host"),
            let host = OriginParts("\(scheme)://\(authority)"), let port = origin.port, let ownPort = host.port
        else { return true }
        return !host.host.equalsIgnoringASCIICase(origin.host) || !ownPort.hasSameBytes(as: port)
    }

    /// The parameters of the query, decoded at each access.
    public var query: Query { target.query }
}
