import GustHTTP
import Synchronization

/// The rooms of one namespace that have members on this node, over all loops, for the adapter of a cluster.
///
/// A socket that continues another one has the id of that one, and both are in the rooms for a moment.
final class LocalRooms: Sendable {
    private let members = Mutex<[ByteText: Set<ObjectIdentifier>]>([:])
    private let changes = OrderedEvents<(room: String, exists: Bool)>()
    private let changed: @Sendable (_ room: String, _ exists: Bool) -> Void

    init(_ changed: @escaping @Sendable (_ room: String, _ exists: Bool) -> Void) {
        self.changed = changed
    }

    /// Counts a socket that has joined a room.
    func join(_ socket: Socket, _ room: ByteText) {
        members.withLock { members in
            if members[room] == nil { changes.add((room.string, true)) }
            members[room, default: []].insert(ObjectIdentifier(socket))
        }
        deliver()
    }

    /// Counts a socket that has left rooms; does nothing for a room that it wasn't in.
    func leave(_ socket: Socket, _ rooms: some Sequence<ByteText>) {
        members.withLock { members in
            for room in rooms {
                guard members[room]?.remove(ObjectIdentifier(socket)) != nil, members[room]?.isEmpty == true else {
                    continue
                }
                members[room] = nil
                changes.add((room.string, false))
            }
        }
        deliver()
    }

    /// Whether a room has members.
    func contains(_ room: ByteText) -> Bool { members.withLock { $0[room] != nil } }

    private func deliver() {
        changes.deliver { changed($0.room, $0.exists) }
    }
}
