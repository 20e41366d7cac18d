/// What one server keeps of a room: the last lines, and who joins too often.
struct Room: Sendable {
    /// The most lines that are kept.
    static let maximumLines = 100
    /// The most repeated joins or changes of name of one person per minute; each of them sends the list to everybody in
    /// the room.
    static let maximumJoins = 20

    private(set) var lines: [Line] = []
    /// The times of the repeated joins of each person in the last minute, in milliseconds since 1970.
    private var joins: [ByteKey: [Int]] = [:]
    /// The address of the visitor who joined when the room was empty.
    var opener: String?
    /// The time of the last join, line or leave, in milliseconds since 1970.
    var lastUse: Int

    init(now: Int) {
        lastUse = now
    }

    /// Counts a repeated join.
    mutating func joinAgain(_ key: String, now: Int) throws(ChatError) {
        joins = joins.mapValues { $0.filter { $0 > now - 60_000 } }.filter { !$0.value.isEmpty }
        guard joins[ByteKey(key)]?.count ?? 0 < Self.maximumJoins else { throw .tooManyNames }
        joins[ByteKey(key), default: []].append(now)
    }

    /// Makes a line and keeps it.
    mutating func say(_ text: String, by name: String, now: Int) -> Line {
        let line = Line(who: name, text: text, at: max(now, (lines.last?.at ?? 0) + 1))
        keep(line)
        return line
    }

    /// Keeps a line, unless it is known, and removes the oldest one if there are too many.
    mutating func keep(_ line: Line) {
        guard !lines.contains(line) else { return }
        let place = lines.lastIndex { $0.at <= line.at }.map { $0 + 1 } ?? 0
        lines.insert(line, at: place)
        if lines.count > Self.maximumLines { lines.removeFirst() }
        lastUse = max(lastUse, line.at)
    }
}
