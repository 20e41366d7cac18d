import GustHTTP

/// A room of this process with the number of its sockets.
package struct RoomSize: Sendable, Encodable {
    package let namespace: String
    package let room: String
    package let count: Int
}

/// Names a room of a namespace, for a dictionary.
struct RoomKey: Hashable {
    let namespace: ByteText
    let room: ByteText
}

/// The largest of many rooms, found in one walk over them.
struct LargestRooms {
    private let limit: Int
    private(set) var rooms: [(key: RoomKey, count: Int)] = []
    /// The greatest size that is of no use any more, because there are enough rooms with more sockets or as many.
    private(set) var bound = 0

    init(_ limit: Int) {
        self.limit = limit
    }

    /// Takes a room if it may be one of the largest.
    mutating func add(_ key: @autoclosure () -> RoomKey, _ count: Int) {
        guard count > bound else { return }
        rooms.append((key(), count))
        if rooms.count >= 2 * limit { trim() }
    }

    /// Drops all rooms but the largest ones, which are in order then.
    mutating func trim() {
        rooms.sort { ($1.count, $0.key.namespace, $0.key.room) < ($0.count, $1.key.namespace, $1.key.room) }
        guard rooms.count >= limit else { return }
        rooms.removeLast(rooms.count - limit)
        bound = rooms.last?.count ?? 0
    }
}
