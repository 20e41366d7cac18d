import GustPresence
import Synchronization

/// The rooms with their people and their last lines; may be used on any thread.
///
/// The people are those of all servers; ``ChatEvents`` tells the other servers of new lines. Everything is bounded: the number of rooms, the
/// people and lines in each room, the length of names and lines. An empty room is removed after an hour, or earlier if a new room needs its
/// place.
final class Hall: Sendable {
    private static let maximumRooms = 200
    /// The most people in one room.
    private static let maximumPeople = 200
    /// The most occupied rooms that visitors from one address may have opened.
    static let maximumRoomsPerVisitor = 20
    private static let idleMilliseconds = 3_600_000

    private struct State {
        var rooms: [String: Room] = [:]
        /// The room of each socket, and the key of its person, by the socket's id.
        var places: [String: (room: String, key: String)] = [:]
    }

    private let presence: Presence<Person>
    private let state = Mutex(State())

    init(_ presence: Presence<Person>) {
        self.presence = presence
    }

    /// Adds a socket to a room, or changes the nickname of a socket in the room.
    ///
    /// A number is appended to a name that is taken.
    /// - Parameters:
    ///   - room: the room's name; the caller must have checked its form.
    ///   - id: the socket's id.
    ///   - visitor: the address of the socket's peer; nil if it has none.
    ///   - name: the requested nickname.
    ///   - key: a secret of the browser tab. A socket with the key of another socket is the same person, because the
    ///     connection of the other one may be lost without the server having noticed.
    ///   - now: milliseconds since 1970.
    ///   - track: is called with the person and the key.
    /// - Throws: ``ChatError`` if the name is invalid, or if a limit is reached; the error of `track`.
    func enter(
        _ room: String,
        id: String,
        visitor: String?,
        name: String,
        key: String?,
        now: Int,
        track: (Person, _ key: String) throws -> Void
    ) throws {
        let name = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard (1...32).contains(name.count), name.utf8.count <= 256 else { throw ChatError.badName }
        let tab = key.flatMap { (1...64).contains($0.utf8.count) ? "tab \($0)" : nil }
        try state.withLock { state in
            let key = tab ?? state.places[id]?.key ?? "socket \(id)"
            var entered = try self.room(room, of: &state, now: now)
            let people = presence.list(in: room)
            if people.isEmpty {
                let opened = state.rooms.count { $1.opener == visitor && visitor != nil && presence.count(in: $0) > 0 }
                guard opened < Self.maximumRoomsPerVisitor else { throw ChatError.tooManyRooms }
                entered.opener = visitor
            }
            if people[key: key] != nil {
                try entered.joinAgain(key, now: now)
            } else if people.count >= Self.maximumPeople {
                throw ChatError.fullRoom
            }
            let taken = Set(people.filter { !$0.key.utf8.elementsEqual(key.utf8) }.map(\.details.name))
            try track(Person(name: Self.free(name, taken)), key)
            entered.lastUse = now
            state.rooms[room] = entered
            state.places[id] = (room, key)
        }
    }

    /// `name`, with a number if it is taken.
    private static func free(_ name: String, _ taken: Set<String>) -> String {
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name) \(number)") { number += 1 }
        return "\(name) \(number)"
    }

    /// The data that a socket gets after it has joined a room.
    func welcome(id: String) throws(ChatError) -> Welcome {
        guard let place = place(of: id), let name = name(of: id) else { throw .notJoined }
        let lines = state.withLock { $0.rooms[place.room]?.lines ?? [] }
        return Welcome(name: name, people: people(in: place.room), lines: lines)
    }

    /// Adds a line to the room of a socket.
    ///
    /// - Returns: the line with its time.
    func say(_ text: String, id: String, now: Int) throws(ChatError) -> Line {
        guard text.count <= 2_000, text.utf8.count <= 16_000, text.contains(where: { !$0.isWhitespace }) else {
            throw .badLine
        }
        guard let place = place(of: id), let name = name(of: id) else { throw .notJoined }
        return try state.withLock { state throws(ChatError) in
            guard let line = state.rooms[place.room]?.say(text, by: name, now: now) else { throw .notJoined }
            return line
        }
    }

    /// The nickname of a socket; nil if the socket is in no room.
    func name(of id: String) -> String? {
        place(of: id).flatMap { presence.list(in: $0.room)[key: $0.key]?.details.name }
    }

    private func place(of id: String) -> (room: String, key: String)? { state.withLock { $0.places[id] } }

    /// Forgets a disconnected socket; its presence ends by itself.
    func leave(id: String, now: Int) {
        state.withLock { state in
            guard let place = state.places.removeValue(forKey: id) else { return }
            state.rooms[place.room]?.lastUse = now
        }
    }

    /// The people in a room.
    func people(in room: String) -> People {
        let list = presence.list(in: room)
        return People(version: list.revision, names: list.map(\.details.name))
    }

    /// The occupied rooms, those with the most people first.
    var busyRooms: [(name: String, people: Int)] {
        presence.rooms.map { (name: $0, people: presence.count(in: $0)) }
            .filter { $0.people > 0 }
            .sorted { ($1.people, $0.name) < ($0.people, $1.name) }
    }

    // MARK: Other servers

    /// The last lines of all rooms.
    var lines: [String: [Line]] { state.withLock { $0.rooms.mapValues(\.lines) } }

    /// Keeps lines that were said on another server.
    func keep(_ lines: [Line], in room: String, now: Int) {
        guard Self.isRoomName(room) else { return }
        state.withLock { state in
            // If there are too many rooms, the lines of this one aren't kept here.
            guard var kept = try? self.room(room, of: &state, now: now) else { return }
            for line in lines.suffix(Room.maximumLines) { kept.keep(line) }
            state.rooms[room] = kept
        }
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
    private func room(_ name: String, of state: inout State, now: Int) throws(ChatError) -> Room {
        if let room = state.rooms[name] { return room }
        let empty = state.rooms.filter { presence.count(in: $0.key) == 0 }
        for (name, room) in empty where now - room.lastUse > Self.idleMilliseconds { state.rooms[name] = nil }
        if state.rooms.count >= Self.maximumRooms {
            guard let oldest = empty.min(by: { $0.value.lastUse < $1.value.lastUse }) else { throw .fullHouse }
            state.rooms[oldest.key] = nil
        }
        return Room(now: now)
    }
}
