import GustHTTP
import Synchronization

/// Joining and leaving rooms.
extension Socket {
    /// Joins rooms; does nothing for a room that the socket already is in.
    ///
    /// The names of rooms are compared by their bytes. If a name is longer than
    /// `SocketIOSettings.maximumNameLength`, or the socket is in ``SocketIOSettings/maximumRooms`` rooms, the room
    /// isn't joined and a ``RoomError`` is reported to ``SocketIO/onError(_:)``. May be called from any thread.
    public func join(_ room: String...) { join(room) }

    /// Does the same as ``join(_:)-(String...)``.
    public func join(_ rooms: [String]) {
        let keys = rooms.map { ByteText($0) }
        run { socket in
            // While middleware decides, the rooms are only recorded. After the disconnect nothing is recorded.
            guard !socket.isOver else { return }
            for key in keys where key != socket.key {
                do throws(RoomError) {
                    guard try socket.note(key), socket.isConnected else { continue }
                    socket.namespace.local.join(socket, key)
                } catch {
                    socket.connection.io.report(error, of: socket, in: "join")
                }
            }
        }
    }

    /// Records a room in the socket's list; false if the room was in the list.
    private func note(_ room: ByteText) throws(RoomError) -> Bool {
        let settings = connection.io.settings
        guard room.string.utf8.count <= settings.maximumNameLength else { throw .nameTooLong }
        return try roomKeys.withLock { rooms throws(RoomError) in
            guard !rooms.contains(room) else { return false }
            guard rooms.count < settings.maximumRooms else { throw .tooManyRooms }
            rooms.insert(room)
            return true
        }
    }

    /// Leaves rooms; does nothing for a room that the socket isn't in.
    ///
    /// May be called from any thread.
    public func leave(_ room: String...) { leave(room) }

    /// Does the same as ``leave(_:)-(String...)``.
    public func leave(_ rooms: [String]) {
        let keys = rooms.map { ByteText($0) }
        run { socket in
            for key in keys {
                let isMember = socket.roomKeys.withLock { $0.remove(key) != nil }
                if isMember, socket.isConnected { socket.namespace.local.leave(socket, key) }
            }
        }
    }

    /// The names of the rooms that this socket is in, ordered by their bytes, followed by the socket's id.
    ///
    /// This is a snapshot and may be read from any thread. A room that another thread joins or leaves appears or
    /// disappears when the socket's loop has processed the call. The value is an array and not a set, because two rooms
    /// can have names that are equal as `String`.
    public var rooms: [String] {
        joinedRooms.map(\.string).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } + [id]
    }

    /// The rooms without the room of the socket's id.
    var joinedRooms: Set<ByteText> { roomKeys.withLock { $0 } }
}
