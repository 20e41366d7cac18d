import GustAdapter
import GustHTTP

/// The sockets of one namespace on one loop, and the rooms they are in.
///
/// Every socket is also in the room named by its id, without an entry of its own.
/// Belongs to its loop.
final class Membership {
    private(set) var sockets: [ByteText: Socket] = [:]
    private var rooms: [ByteText: [ObjectIdentifier: Socket]] = [:]
    /// Sockets that are moving to another loop, with the rooms that they were in when they left this loop.
    private var departed: [ObjectIdentifier: (socket: Socket, rooms: Set<ByteText>)] = [:]

    /// What records all broadcasts of the namespace on this loop.
    private var recorders: [BroadcastRecorder] = []

    /// Adds a recorder, which records the broadcasts from now on.
    func add(_ recorder: BroadcastRecorder) { recorders.append(recorder) }

    /// Removes a recorder.
    func remove(_ recorder: BroadcastRecorder) { recorders.removeAll { $0 === recorder } }

    /// Passes a broadcast to the recorders.
    func record(_ packet: SharedPacket, to selection: SocketSelection) {
        for recorder in recorders { recorder.record(packet, to: selection) }
    }

    /// Adds a socket to the namespace.
    func insert(_ socket: Socket) {
        sockets[socket.key] = socket
    }

    /// Takes a socket out of the namespace and of all its rooms.
    func remove(_ socket: Socket) {
        // A socket that continues another one has the same id.
        if sockets[socket.key] === socket { sockets[socket.key] = nil }
        for room in socket.joinedRooms { removeFromRoom(socket, room) }
    }

    /// Removes a socket that moves to another loop, and keeps it as departed, because broadcasts for it may still come to this loop.
    func depart(_ socket: Socket) {
        departed[ObjectIdentifier(socket)] = (socket, socket.joinedRooms.union([socket.key]))
        remove(socket)
    }

    /// Removes a departed socket: no more broadcasts for it will come to this loop.
    func forgetDeparted(_ socket: Socket) {
        departed[ObjectIdentifier(socket)] = nil
    }

    /// Calls `body` for each departed socket that `target` would have chosen; the socket belongs to another loop.
    func forEachDeparted(in names: [ByteText], except excluded: [ByteText], _ body: (Socket) -> Void) {
        for (socket, rooms) in departed.values
        where (names.isEmpty || !rooms.isDisjoint(with: names)) && rooms.isDisjoint(with: excluded) {
            body(socket)
        }
    }

    /// Puts a socket into a room.
    func join(_ socket: Socket, _ room: ByteText) {
        rooms[room, default: [:]][ObjectIdentifier(socket)] = socket
    }

    /// Takes a socket out of a room; an empty room is forgotten.
    func leave(_ socket: Socket, _ room: ByteText) {
        removeFromRoom(socket, room)
    }

    /// Calls `body` once for each socket in any of `rooms` (in the whole namespace if there are none), but for those
    /// in a room of `excluded`.
    ///
    /// The sockets are chosen before `body` is called: `body` may remove sockets and rooms.
    func forEach(in names: [ByteText], except excluded: [ByteText], _ body: (Socket) -> Void) {
        let exclusion = Exclusion(excluded, sockets: sockets, rooms: rooms)
        if names.isEmpty {
            for socket in sockets.values where !exclusion.holds(socket) { body(socket) }
        } else if names.count == 1 {
            forEachMember(of: names[0]) { socket in
                if !exclusion.holds(socket) { body(socket) }
            }
        } else {
            var seen: Set<ObjectIdentifier> = []
            for name in names {
                forEachMember(of: name) { socket in
                    if seen.insert(ObjectIdentifier(socket)).inserted, !exclusion.holds(socket) { body(socket) }
                }
            }
        }
    }

    /// The names of the rooms that have members here, without those of single sockets.
    var roomNames: [String] { rooms.keys.map(\.string) }

    /// The same, with the rooms of sockets that are moving to another loop.
    var allRooms: Set<ByteText> {
        departed.values.reduce(into: Set(rooms.keys)) { all, departed in
            all.formUnion(departed.rooms.subtracting([departed.socket.key]))
        }
    }

    /// Calls `body` with each room that has members here, without those of single sockets, and their number.
    func forEachRoom(_ body: (_ room: ByteText, _ count: Int) -> Void) {
        for (room, members) in rooms { body(room, members.count) }
    }

    /// How many members a room has here.
    func memberCount(of room: ByteText) -> Int { rooms[room]?.count ?? 0 }

    private func forEachMember(of room: ByteText, _ body: (Socket) -> Void) {
        let members = rooms[room]
        if let socket = sockets[room], members?[ObjectIdentifier(socket)] == nil { body(socket) }
        guard let members else { return }
        for socket in members.values { body(socket) }
    }

    private func removeFromRoom(_ socket: Socket, _ room: ByteText) {
        rooms[room]?[ObjectIdentifier(socket)] = nil
        if rooms[room]?.isEmpty == true { rooms[room] = nil }
    }

    /// The sockets that a broadcast leaves out, looked up once for all its receivers.
    private struct Exclusion {
        private var single: [ObjectIdentifier] = []
        private var members: [[ObjectIdentifier: Socket]] = []

        init(_ names: [ByteText], sockets: [ByteText: Socket], rooms: [ByteText: [ObjectIdentifier: Socket]]) {
            for name in names {
                if let socket = sockets[name] { single.append(ObjectIdentifier(socket)) }
                if let room = rooms[name] { members.append(room) }
            }
        }

        func holds(_ socket: Socket) -> Bool {
            let id = ObjectIdentifier(socket)
            return single.contains(id) || members.contains { $0[id] != nil }
        }
    }
}
