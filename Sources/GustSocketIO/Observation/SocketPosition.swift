import GustHTTP

/// The place of a socket in a list of sockets: the newest connections first, then by id and namespace.
package struct SocketPosition: Sendable, Codable, Comparable {
    package let since: Int
    package let id: String
    package let namespace: String

    /// The position behind a socket of a list.
    package init(_ listing: SocketListing) {
        (since, id, namespace) = (listing.since, listing.id, listing.namespace)
    }

    init(_ socket: Socket) {
        (since, id, namespace) = (socket.handshake.issued, socket.id, socket.namespace.name)
    }

    /// Whether both are the place of one socket.
    package static func == (left: SocketPosition, right: SocketPosition) -> Bool {
        left.since == right.since && left.id.hasSameBytes(as: right.id)
            && left.namespace.hasSameBytes(as: right.namespace)
    }

    /// Whether `left` is in front of `right`.
    package static func < (left: SocketPosition, right: SocketPosition) -> Bool {
        guard left.since == right.since else { return left.since > right.since }
        guard left.id.hasSameBytes(as: right.id) else { return left.id.utf8.lexicographicallyPrecedes(right.id.utf8) }
        return left.namespace.utf8.lexicographicallyPrecedes(right.namespace.utf8)
    }
}
