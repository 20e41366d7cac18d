/// What a node knows about another one.
struct PresencePeer<Details: Codable & Sendable> {
    typealias Message = PresenceMessage<Details>

    /// The most changes that wait for an earlier one.
    private static var maximumWaiting: Int { 1_000 }
    /// The most parts of a state.
    private static var maximumParts: Int { 1_000 }

    /// The entries of the node, by number.
    var entries: [Int: Message.Entry] = [:]
    /// The number of the last change in ``entries``; nil if the entries aren't known yet.
    var version: Int?
    /// The heartbeat of the receiver at which the node was last heard.
    var lastHeard = 0
    /// The last change that the node has told of.
    private var announced = 0
    /// The heartbeat at which it was first noticed that changes are missing.
    private var behindSince: Int?
    private var lastAsked: Int?
    private var lastAnswered: Int?
    private var waiting: [Int: Message] = [:]
    private var parts: [Int: Message] = [:]

    // MARK: Missing changes

    /// Notes that the node has made `version` changes.
    mutating func hears(of version: Int, at beat: Int) {
        announced = max(announced, version)
        note(at: beat)
    }

    private mutating func note(at beat: Int) {
        if let version, announced <= version {
            behindSince = nil
        } else if behindSince == nil {
            behindSince = beat
        }
    }

    /// Whether changes have been missing since a heartbeat or longer.
    func isBehind(since beat: Int) -> Bool { behindSince.map { $0 <= beat } ?? false }

    /// Whether the node may be asked for its state: once in a heartbeat.
    mutating func asks(at beat: Int) -> Bool {
        defer { lastAsked = beat }
        return lastAsked != beat
    }

    /// Whether the node may have the state of this one: once in a heartbeat.
    mutating func takesState(at beat: Int) -> Bool {
        defer { lastAnswered = beat }
        return lastAnswered != beat
    }

    // MARK: Changes

    /// Keeps a change until its predecessors have come.
    mutating func wait(_ change: Message, at beat: Int) {
        announced = max(announced, change.version)
        if change.version > version ?? -1 {
            // The node will be asked for its state, so these aren't needed.
            if waiting.count >= Self.maximumWaiting { waiting = [:] }
            waiting[change.version] = change
        }
        note(at: beat)
    }

    /// The change that follows the last one, which is applied then; nil if it hasn't come.
    mutating func takeNext() -> Message? {
        guard let version, let next = waiting.removeValue(forKey: version + 1) else { return nil }
        self.version = version + 1
        if announced <= version + 1 { behindSince = nil }
        return next
    }

    /// The entries of a state by number, once all its parts have come; nil before that, or if it is older than what is known.
    mutating func complete(_ message: Message) -> [Int: Message.Entry]? {
        guard message.version >= version ?? 0, let part = message.part, let count = message.parts,
            (1...Self.maximumParts).contains(count), (0..<count).contains(part)
        else { return nil }
        if let other = parts.values.first, other.version != message.version || other.parts != count {
            guard message.version >= other.version else { return nil }
            parts = [:]
        }
        parts[part] = message
        guard parts.count == count else { return nil }
        var found: [Int: Message.Entry] = [:]
        for part in parts.values {
            for entry in part.entries ?? [] { found[entry.number] = entry }
        }
        parts = [:]
        version = message.version
        announced = max(announced, message.version)
        waiting = waiting.filter { $0.key > message.version }
        if announced == message.version { behindSince = nil }
        return found
    }
}
