public import GustHTTP
import GustWire
public import HTTPTypes
import NIOCore

/// The request that opened a connection, as handlers see it.
///
/// Later requests of a polling client, and the request of its upgrade, don't change it.
public final class SocketHandshake: Sendable {
    /// The header fields of the request, in their order.
    ///
    /// A field is left out if the fields together would exceed ``SocketIOSettings/maximumHandshakeSize`` with it.
    public let headers: HTTPFields
    /// The request target: path and query, as the client sent them.
    public let target: RequestTarget
    /// The captures of the endpoint's route.
    public let captures: Captures
    /// The other end of the connection.
    public let peer: Peer
    /// The values that middleware in front of the endpoint stored in the request.
    public let storage: RequestStorage

    init(_ request: Request, captures: Captures, maximumSize: Int = .max) {
        headers = Self.kept(request.headers, maximumSize)
        target = request.target
        self.captures = captures
        peer = request.peer
        storage = request.storage
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
        let total = headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
        guard total > maximumSize else { return headers }
        var kept = HTTPFields()
        for field in headers where fits(field) { kept.append(field) }
        return kept
    }

    /// The parameters of the query, decoded at each access.
    public var query: Query { target.query }
}
