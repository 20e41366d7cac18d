import Synchronization

/// All rooms: who is in them, and the last lines of each.
///
/// Bounded: a room nobody is in is forgotten for a new one.
final class Rooms: Sendable {
    static let maximumLines = 100
    private static let maximumRooms = 1_000

    private struct Room {
        var people: [String: String] = [:]
        var lines: [Line] = []
        var lastUse = 0
    }

    private struct State {
        var rooms: [String: Room] = [:]
        var useCount = 0
    }

    private let state = Mutex(State())

    /// Lets somebody in under a name that nobody has there; nil if there are too many rooms.
    func join(_ room: String, id: String, name: String) -> Welcome? {
        state.withLock { state in
            guard makeRoom(for: room, in: &state) else { return nil }
            let taken = Set(state.rooms[room, default: Room()].people.filter { $0.key != id }.values)
            var unique = name
            var number = 2
            while taken.contains(unique) {
                unique = "\(name) \(number)"
                number += 1
            }
            state.useCount += 1
            state.rooms[room, default: Room()].people[id] = unique
            state.rooms[room, default: Room()].lastUse = state.useCount
            return Welcome(name: unique, people: people(of: room, in: state), lines: state.rooms[room]?.lines ?? [])
        }
    }

    /// Somebody left.
    func leave(_ room: String, id: String) {
        state.withLock { $0.rooms[room]?.people[id] = nil }
    }

    /// Somebody's name, while they are in the room.
    func name(of id: String, in room: String) -> String? {
        state.withLock { $0.rooms[room]?.people[id] }
    }

    /// Who is in a room, by name.
    func people(in room: String) -> [String] {
        state.withLock { people(of: room, in: $0) }
    }

    /// Keeps a line.
    func keep(_ line: Line, in room: String) {
        state.withLock { state in
            guard var lines = state.rooms[room]?.lines else { return }
            lines.append(line)
            state.rooms[room]?.lines = lines.suffix(Self.maximumLines)
        }
    }

    /// The rooms with most people, at most ten.
    var busiest: [(name: String, people: Int)] {
        state.withLock { state in
            state.rooms.filter { !$0.value.people.isEmpty }
                .map { (name: $0.key, people: $0.value.people.count) }
                .sorted { ($1.people, $0.name) < ($0.people, $1.name) }
                .prefix(10).map { $0 }
        }
    }

    private func people(of room: String, in state: borrowing State) -> [String] {
        state.rooms[room]?.people.values.sorted() ?? []
    }

    private func makeRoom(for room: String, in state: inout State) -> Bool {
        guard state.rooms[room] == nil, state.rooms.count >= Self.maximumRooms else { return true }
        let idle = state.rooms.filter { $0.value.people.isEmpty }
        guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return false }
        state.rooms[oldest.key] = nil
        return true
    }
}
