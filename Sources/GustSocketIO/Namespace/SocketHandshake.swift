public import GustHTTP
import GustWire
public import HTTPTypes
import NIOCore

/// What is known of a client from the request that opened its connection.
///
/// The later requests of a polling client, and the one of its upgrade, are not looked at.
public final class SocketHandshake: Sendable {
    /// The request's header fields in their order, without those that make them longer together than
    /// ``SocketIOSettings/maximumHandshakeSize``.
    public let headers: HTTPFields
    /// The request target: path and query as they were sent.
    public let target: RequestTarget
    /// What the endpoint's route captured.
    public let captures: Captures
    /// The other end of the connection.
    public let peer: Peer
    /// What middleware in front of the endpoint left for it.
    public let storage: RequestStorage

    init(_ request: Request, captures: Captures, maximumSize: Int = .max) {
        headers = Self.kept(request.headers, maximumSize)
        target = request.target
        self.captures = captures
        peer = request.peer
        storage = request.storage
        // The socket goes on with the browser's session: the answer to this request has to tell the browser its id.
        storage[SessionKey.self]?.hold()
    }

    /// The fields that fit.
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

    /// The parameters of the request's query, decoded on each call.
    public var query: Query { target.query }
}
