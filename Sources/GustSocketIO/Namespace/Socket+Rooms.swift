import GustHTTP
import Synchronization

/// The rooms that a socket is in.
extension Socket {
    /// Enters a room; harmless if the socket is in it already.
    ///
    /// Rooms are told apart by the bytes of their names. A room whose name is longer than
    /// ``SocketIOSettings/maximumNameLength``, or that is one more than ``SocketIOSettings/maximumRooms``, isn't entered:
    /// ``SocketIO/onError(_:)`` gets a ``RoomError``.
    public func join(_ room: String) {
        let key = ByteText(room)
        run { socket in
            // Before the socket is in, a room is only noted; after it has left, nothing is.
            guard !socket.isOver, key != socket.key else { return }
            do throws(RoomError) {
                guard try socket.note(key), socket.isConnected else { return }
                socket.namespace.adapter.join(socket, key)
            } catch {
                socket.connection.io.report(error, of: socket, in: "join")
            }
        }
    }

    /// Adds a room to the socket's own list; whether it is a new one.
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

    /// Leaves a room; harmless if the socket isn't in it.
    public func leave(_ room: String) {
        let key = ByteText(room)
        run { socket in
            let isMember = socket.roomKeys.withLock { $0.remove(key) != nil }
            guard isMember, socket.isConnected else { return }
            socket.namespace.adapter.leave(socket, key)
        }
    }

    /// The names of the rooms this socket is in, ordered by their bytes, its own id behind them.
    ///
    /// May be read from anywhere: a snapshot. What is joined or left from elsewhere than the socket's loop is in it when the
    /// loop has come to it. A list and not a set, because two names may be equal as `String`s and yet be two rooms.
    public var rooms: [String] {
        joinedRooms.map(\.string).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } + [id]
    }

    /// The rooms without the socket's own.
    var joinedRooms: Set<ByteText> { roomKeys.withLock { $0 } }
}
