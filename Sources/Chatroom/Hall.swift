import Synchronization

/// All rooms and the people in them; may be used on any thread.
///
/// Everything is bounded: the number of rooms, the people and lines in each room, the length of names and lines. An
/// empty room is removed after an hour, or earlier if a new room needs its place.
final class Hall: Sendable {
    private static let maximumRooms = 200
    /// The most occupied rooms that visitors from one address may have opened.
    static let maximumRoomsPerVisitor = 20
    private static let idleMilliseconds = 3_600_000

    private struct State {
        var rooms: [String: Room] = [:]
        /// The room of each socket, by the socket's id.
        var places: [String: String] = [:]
    }

    private let state = Mutex(State())

    /// Adds a socket to a room, or changes the nickname of a socket in the room.
    ///
    /// - Parameters:
    ///   - room: the room's name; the caller must have checked its form.
    ///   - id: the socket's id.
    ///   - visitor: the address of the socket's peer; nil if it has none.
    ///   - name: the requested nickname.
    ///   - key: a secret of the browser tab. A socket with the key of another socket replaces that socket, whose
    ///     connection may be lost without the server having noticed.
    ///   - now: milliseconds since 1970.
    /// - Throws: ``ChatError`` if the name is invalid, or if a limit is reached.
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

    /// The data that a socket gets after it has joined a room.
    func welcome(id: String) throws(ChatError) -> Welcome {
        try state.withLock { state throws(ChatError) in
            guard let name = state.places[id], let room = state.rooms[name], let person = room.name(of: id) else {
                throw .notJoined
            }
            return Welcome(name: person, people: room.people, lines: room.lines)
        }
    }

    /// Adds a line to the room of a socket.
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

    /// The nickname of a socket; nil if the socket is in no room.
    func name(of id: String) -> String? {
        state.withLock { state in state.places[id].flatMap { state.rooms[$0]?.name(of: id) } }
    }

    /// Removes a disconnected socket.
    func leave(id: String, now: Int) {
        state.withLock { state in
            guard let room = state.places.removeValue(forKey: id) else { return }
            state.rooms[room]?.leave(id: id, now: now)
        }
    }

    /// The people in a room.
    func people(in room: String) -> People {
        state.withLock { $0.rooms[room]?.people } ?? People(version: 0, names: [])
    }

    /// The occupied rooms, those with the most people first.
    var busyRooms: [(name: String, people: Int)] {
        let rooms = state.withLock { $0.rooms.mapValues(\.people.names.count) }
        return rooms.filter { $0.value > 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { (name: $0.key, people: $0.value) }
    }

    /// Whether `name` is a valid room name; ``ChatPages/room`` is the same rule as a pattern.
    static func isRoomName(_ name: String) -> Bool {
        (1...40).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    /// The room called `name`; a new room if it doesn't exist and the number of rooms allows it.
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
