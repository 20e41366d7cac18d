import GustHTTP
import Synchronization

/// The sockets in the rooms of one namespace, over all loops, for the events of rooms.
///
/// Nothing is counted while nobody observes the rooms. A socket that continues another one has the id of that one, and both
/// are in the rooms for a moment: such a room has one member.
final class RoomCensus: Sendable {
    /// The sockets in each room, by their ids.
    private let rooms = Mutex<[ByteText: [ByteText: Set<ObjectIdentifier>]]>([:])
    private let events = OrderedEvents<RoomEvent>()

    /// Counts a socket that has joined a room.
    func join(_ socket: Socket, _ room: ByteText) {
        let namespace = socket.namespace
        guard namespace.hasObservedRooms else { return }
        rooms.withLock { rooms in
            if rooms[room] == nil { add(.created, room, socket) }
            let isNew = rooms[room, default: [:]][socket.key] == nil
            rooms[room, default: [:]][socket.key, default: []].insert(ObjectIdentifier(socket))
            if isNew { add(.joined, room, socket) }
        }
        deliver(in: namespace)
    }

    /// Counts a socket that has left rooms; does nothing for a room that it wasn't in.
    func leave(_ socket: Socket, _ left: some Sequence<ByteText>) {
        let namespace = socket.namespace
        guard namespace.hasObservedRooms else { return }
        rooms.withLock { rooms in
            for room in left {
                guard rooms[room]?[socket.key]?.remove(ObjectIdentifier(socket)) != nil,
                    rooms[room]?[socket.key]?.isEmpty == true
                else { continue }
                rooms[room]?[socket.key] = nil
                add(.left, room, socket)
                guard rooms[room]?.isEmpty == true else { continue }
                rooms[room] = nil
                add(.deleted, room, socket)
            }
        }
        deliver(in: namespace)
    }

    private func add(_ change: RoomEvent.Change, _ room: ByteText, _ socket: Socket) {
        events.add(RoomEvent(change: change, room: room.string, socketID: socket.id))
    }

    private func deliver(in namespace: Namespace) {
        events.deliver { event in
            for handler in namespace.roomHandlers { handler(namespace, event) }
        }
    }
}
