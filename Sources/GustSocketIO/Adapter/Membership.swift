/// The sockets of one namespace on one loop, and the rooms they are in.
///
/// Every socket is also in the room named by its id, without an entry of its own.
/// Belongs to its loop.
final class Membership {
    private(set) var sockets: [String: Socket] = [:]
    private var rooms: [String: [ObjectIdentifier: Socket]] = [:]
    /// Sockets on their way to another loop, with the rooms they were in when they left.
    private var departed: [ObjectIdentifier: (socket: Socket, rooms: Set<String>)] = [:]

    /// Adds a socket to the namespace.
    func insert(_ socket: Socket) {
        sockets[socket.id] = socket
    }

    /// Takes a socket out of the namespace and of all its rooms.
    func remove(_ socket: Socket) {
        sockets[socket.id] = nil
        for room in socket.joinedRooms { removeFromRoom(socket, room) }
    }

    /// Takes a socket out, but remembers it for what is still on its way to it.
    func depart(_ socket: Socket) {
        departed[ObjectIdentifier(socket)] = (socket, socket.joinedRooms.union([socket.id]))
        remove(socket)
    }

    /// Nothing is on its way to the socket any more.
    func forgetDeparted(_ socket: Socket) {
        departed[ObjectIdentifier(socket)] = nil
    }

    /// Calls `body` for each socket that has departed and would have been chosen; it lives on another loop.
    func forEachDeparted(in names: [String], except excluded: [String], _ body: (Socket) -> Void) {
        for (socket, rooms) in departed.values
        where (names.isEmpty || !rooms.isDisjoint(with: names)) && rooms.isDisjoint(with: excluded) {
            body(socket)
        }
    }

    /// Puts a socket into a room.
    func join(_ socket: Socket, _ room: String) {
        rooms[room, default: [:]][ObjectIdentifier(socket)] = socket
    }

    /// Takes a socket out of a room; an empty room is forgotten.
    func leave(_ socket: Socket, _ room: String) {
        removeFromRoom(socket, room)
    }

    /// Calls `body` once for each socket in any of `rooms` (in the whole namespace if there are none), but for those
    /// in a room of `excluded`.
    func forEach(in names: [String], except excluded: [String], _ body: (Socket) -> Void) {
        if names.isEmpty {
            // The dictionary is copied by reference: `body` may remove sockets while we go over them.
            for socket in sockets.values where !isExcluded(socket, by: excluded) { body(socket) }
        } else if names.count == 1 {
            for socket in members(of: names[0]) where !isExcluded(socket, by: excluded) { body(socket) }
        } else {
            var seen: Set<ObjectIdentifier> = []
            for name in names {
                for socket in members(of: name)
                where seen.insert(ObjectIdentifier(socket)).inserted && !isExcluded(socket, by: excluded) {
                    body(socket)
                }
            }
        }
    }

    /// The names of the rooms that have members here, without those of single sockets.
    var roomNames: [String] { Array(rooms.keys) }

    private func members(of room: String) -> [Socket] {
        var members = rooms[room].map { Array($0.values) } ?? []
        if let socket = sockets[room], rooms[room]?[ObjectIdentifier(socket)] == nil { members.append(socket) }
        return members
    }

    private func isExcluded(_ socket: Socket, by rooms: [String]) -> Bool {
        rooms.contains { $0 == socket.id || socket.joinedRooms.contains($0) }
    }

    private func removeFromRoom(_ socket: Socket, _ room: String) {
        rooms[room]?[ObjectIdentifier(socket)] = nil
        if rooms[room]?.isEmpty == true { rooms[room] = nil }
    }
}
