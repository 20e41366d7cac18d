/// One room: who is in it, and what was said last.
struct Room: Sendable {
    /// The most lines kept.
    static let maximumLines = 100
    /// The most people in one room.
    static let maximumPeople = 200

    private struct Person {
        var id: String
        var name: String
        var key: String?
        /// When the person joined again, in milliseconds since 1970; the last of them.
        var joins: [Int] = []
    }

    /// How often a person may join again, or take another name, in a minute: all others in the room are sent the list.
    static let maximumJoins = 20

    private(set) var lines: [Line] = []
    private var persons: [Person] = []
    private var version = 0
    /// The address of the visitor who came when nobody was here.
    var opener: String?
    /// When somebody last came, spoke or left, in milliseconds since 1970.
    private(set) var lastUse: Int

    init(now: Int) {
        lastUse = now
    }

    var isEmpty: Bool { persons.isEmpty }
    var people: People { People(version: version, names: persons.map(\.name)) }

    func name(of id: String) -> String? {
        persons.first { $0.id == id }?.name
    }

    /// Lets somebody in, or gives somebody who is in another name; with a number behind it if somebody else has it.
    mutating func enter(id: String, name: String, key: String?, now: Int) throws(ChatError) {
        let place = persons.firstIndex { $0.id == id || isKey($0.key, key) }
        var joins = place.map { persons[$0].joins } ?? []
        if place != nil {
            joins.removeAll { $0 <= now - 60_000 }
            guard joins.count < Self.maximumJoins else { throw .tooManyNames }
            joins.append(now)
        }
        guard place != nil || persons.count < Self.maximumPeople else { throw .fullRoom }
        let taken = Set(persons.indices.filter { $0 != place }.map { persons[$0].name })
        var free = name
        var number = 2
        while taken.contains(free) {
            free = "\(name) \(number)"
            number += 1
        }
        let person = Person(id: id, name: free, key: key, joins: joins)
        if let place { persons[place] = person } else { persons.append(person) }
        version += 1
        lastUse = now
    }

    /// Whether both are the same secret, byte by byte.
    private func isKey(_ one: String?, _ other: String?) -> Bool {
        guard let one, let other else { return false }
        return one.utf8.elementsEqual(other.utf8)
    }

    mutating func leave(id: String, now: Int) {
        persons.removeAll { $0.id == id }
        version += 1
        lastUse = now
    }

    /// Keeps a line; the oldest one goes when there are too many.
    mutating func say(_ text: String, by name: String, now: Int) -> Line {
        let at = max(now, (lines.last?.at ?? 0) + 1)
        let line = Line(who: name, text: text, at: at)
        lines.append(line)
        if lines.count > Self.maximumLines { lines.removeFirst() }
        lastUse = now
        return line
    }
}
