import Synchronization

/// All rooms, and who is in which; may be asked from any loop.
///
/// Everything is bounded: the number of rooms, the people and lines of each, the length of names and lines. A room that
/// nobody is in is forgotten after an hour, or when its place is needed.
final class Hall: Sendable {
    private static let maximumRooms = 200
    /// The most rooms that visitors from one address may have opened and that somebody is in.
    static let maximumRoomsPerVisitor = 20
    private static let idleMilliseconds = 3_600_000

    private struct State {
        var rooms: [String: Room] = [:]
        /// The room of each socket, by the socket's id.
        var places: [String: String] = [:]
    }

    private let state = Mutex(State())

    /// Lets a socket into a room, or gives its owner another name there.
    ///
    /// - Parameters:
    ///   - room: the room's name; whoever routes to it checks how it is spelled.
    ///   - id: the socket.
    ///   - visitor: the address that the socket's connection comes from; nil if it has none.
    ///   - name: the nickname wanted.
    ///   - key: a secret of the browser tab: who comes with the same one again takes his old place, even if the server
    ///     hasn't noticed yet that the old connection is lost.
    ///   - now: milliseconds since 1970.
    /// - Throws: ``ChatError`` that says why not.
    func enter(_ room: String, id: String, visitor: String?, name: String, key: String?, now: Int) throws(ChatError) {
        let name = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard (1...32).contains(name.count), name.utf8.count <= 256 else { throw .badName }
        let key = key.flatMap { $0.utf8.count <= 64 ? $0 : nil }
        try state.withLock { state throws(ChatError) in
            var entered = try Self.room(room, of: &state, now: now)
            if entered.isEmpty {
                let opened = state.rooms.values.count { !$0.isEmpty && visitor != nil && $0.opener == visitor }
                guard opened < Self.maximumRoomsPerVisitor else { throw .tooManyRooms }
                entered.opener = visitor
            }
            try entered.enter(id: id, name: name, key: key, now: now)
            state.rooms[room] = entered
            state.places[id] = room
        }
    }

    /// What a socket that has entered a room is told.
    func welcome(id: String) throws(ChatError) -> Welcome {
        try state.withLock { state throws(ChatError) in
            guard let name = state.places[id], let room = state.rooms[name], let person = room.name(of: id) else {
                throw .notJoined
            }
            return Welcome(name: person, people: room.people, lines: room.lines)
        }
    }

    /// Keeps what the socket's owner says.
    ///
    /// - Returns: the line with its time.
    func say(_ text: String, id: String, now: Int) throws(ChatError) -> Line {
        guard text.count <= 2_000, text.utf8.count <= 16_000, text.contains(where: { !$0.isWhitespace }) else {
            throw .badLine
        }
        return try state.withLock { state throws(ChatError) in
            guard let room = state.places[id], let name = state.rooms[room]?.name(of: id),
                let line = state.rooms[room]?.say(text, by: name, now: now)
            else { throw .notJoined }
            return line
        }
    }

    /// The nickname of the socket's owner; nil if the socket is in no room.
    func name(of id: String) -> String? {
        state.withLock { state in state.places[id].flatMap { state.rooms[$0]?.name(of: id) } }
    }

    /// The socket is gone.
    func leave(id: String, now: Int) {
        state.withLock { state in
            guard let room = state.places.removeValue(forKey: id) else { return }
            state.rooms[room]?.leave(id: id, now: now)
        }
    }

    /// Who is in a room.
    func people(in room: String) -> People {
        state.withLock { $0.rooms[room]?.people } ?? People(version: 0, names: [])
    }

    /// The rooms that somebody is in, the fullest first.
    var busyRooms: [(name: String, people: Int)] {
        let rooms = state.withLock { $0.rooms.mapValues(\.people.names.count) }
        return rooms.filter { $0.value > 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { (name: $0.key, people: $0.value) }
    }

    /// Whether a room may be called that; ``ChatPages/room`` says the same as a pattern.
    static func isRoomName(_ name: String) -> Bool {
        (1...40).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    /// The room of that name, made if there is a place for it.
    private static func room(_ name: String, of state: inout State, now: Int) throws(ChatError) -> Room {
        if let room = state.rooms[name] { return room }
        let empty = state.rooms.filter { $0.value.isEmpty }
        for (name, room) in empty where now - room.lastUse > idleMilliseconds { state.rooms[name] = nil }
        if state.rooms.count >= maximumRooms {
            guard let oldest = empty.min(by: { $0.value.lastUse < $1.value.lastUse }) else { throw .fullHouse }
            state.rooms[oldest.key] = nil
        }
        return Room(now: now)
    }
}
