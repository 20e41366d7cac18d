/// One room: the people in it and the last lines.
struct Room: Sendable {
    /// The most lines that are kept.
    static let maximumLines = 100
    /// The most people in one room.
    static let maximumPeople = 200

    private struct Person {
        var id: String
        var name: String
        var key: String?
        /// The times of the person's repeated joins in the last minute, in milliseconds since 1970.
        var joins: [Int] = []
    }

    /// The most repeated joins or changes of name of one person per minute; each of them sends the list to everybody in
    /// the room.
    static let maximumJoins = 20

    private(set) var lines: [Line] = []
    private var persons: [Person] = []
    private var version = 0
    /// The address of the visitor who joined when the room was empty.
    var opener: String?
    /// The time of the last join, line or leave, in milliseconds since 1970.
    private(set) var lastUse: Int

    init(now: Int) {
        lastUse = now
    }

    var isEmpty: Bool { persons.isEmpty }
    var people: People { People(version: version, names: persons.map(\.name)) }

    func name(of id: String) -> String? {
        persons.first { $0.id == id }?.name
    }

    /// Adds a person, or changes the name of a person in the room; a number is appended to a name that is taken.
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

    /// Whether both keys exist and have the same bytes.
    private func isKey(_ one: String?, _ other: String?) -> Bool {
        guard let one, let other else { return false }
        return one.utf8.elementsEqual(other.utf8)
    }

    mutating func leave(id: String, now: Int) {
        persons.removeAll { $0.id == id }
        version += 1
        lastUse = now
    }

    /// Appends a line, and removes the oldest one if there are too many.
    mutating func say(_ text: String, by name: String, now: Int) -> Line {
        let at = max(now, (lines.last?.at ?? 0) + 1)
        let line = Line(who: name, text: text, at: at)
        lines.append(line)
        if lines.count > Self.maximumLines { lines.removeFirst() }
        lastUse = now
        return line
    }
}
