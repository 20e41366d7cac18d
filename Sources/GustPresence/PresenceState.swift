import GustHTTP

/// The members of all nodes, as one node knows them, without input and output.
///
/// Each node counts its changes. A node that knows the changes of another one up to `n` applies the change `n + 1`, and keeps later ones until
/// it has that. If it doesn't come by the next heartbeat, the node asks the other one for all its members.
struct PresenceState<Details: Codable & Sendable> {
    typealias Message = PresenceMessage<Details>
    typealias Outcome = PresenceOutcome<Details>
    typealias Entry = Message.Entry

    /// The most entries in a message, which stays below the limits of brokers if details have less than a kilobyte.
    private static var entriesPerMessage: Int { 500 }
    /// The heartbeats after which a silent node is gone.
    private static var maximumSilence: Int { 3 }
    /// No node makes as many changes.
    private static var maximumVersion: Int { 1 << 53 }

    private let node: ByteText
    private let settings: PresenceSettings
    private var index = PresenceIndex<Details>()
    private var others: [ByteText: PresencePeer<Details>] = [:]
    /// The number of heartbeats so far.
    private var beats = 0

    // This node's own changes.
    private var version = 0
    private var lastNumber = 0
    /// The numbers of the entries of each connection, by room.
    private var owned: [ByteText: [ByteText: Int]] = [:]
    private var own: [Int: Entry] = [:]
    private var unsentEntries: [Int: Entry] = [:]
    private var unsentRemovals: [Int] = []

    init(node: String, _ settings: PresenceSettings) {
        self.node = ByteText(node)
        self.settings = settings
    }

    var hasUnsentChanges: Bool { !unsentEntries.isEmpty || !unsentRemovals.isEmpty }
    var rooms: [String] { index.rooms }
    func list(in room: String) -> PresenceList<Details> { index.list(in: room) }
    func count(in room: String) -> Int { index.count(in: room) }

    // MARK: This node

    /// Asks the others for their members.
    func begin() -> Outcome { Outcome(messages: [message(.hello)]) }

    /// Adds a member; nil if there are too many.
    mutating func track(_ id: String, in room: String, as key: String, _ details: Details, since: Int) -> Outcome? {
        let former = owned[ByteText(id)]?[ByteText(room)]
        guard former != nil || index.entryCount < settings.maximumMembers else { return nil }
        lastNumber += 1
        // A member who has come back by another socket, before the end of the former one was noticed, keeps its place.
        let since = min(since, index.since(key, in: room) ?? since)
        let entry = Entry(number: lastNumber, room: room, key: key, since: since, details: details)
        owned[ByteText(id), default: [:]][ByteText(room)] = entry.number
        own[entry.number] = entry
        unsentEntries[entry.number] = entry
        let removed = former.flatMap { remove($0) }
        return Outcome(changes: index.apply(adding: [entry], removing: removed.map { [$0] } ?? [], of: node))
    }

    /// Removes the member of a connection from a room, or from all rooms.
    mutating func untrack(_ id: String, in room: String?) -> Outcome {
        guard var numbers = owned[ByteText(id)] else { return Outcome() }
        var ended: [Int] = []
        if let room {
            ended = numbers.removeValue(forKey: ByteText(room)).map { [$0] } ?? []
        } else {
            ended = numbers.values.sorted()
            numbers = [:]
        }
        owned[ByteText(id)] = numbers.isEmpty ? nil : numbers
        var removed: [Entry] = []
        for number in ended { removed += remove(number).map { [$0] } ?? [] }
        return Outcome(changes: index.apply(adding: [], removing: removed, of: node))
    }

    private mutating func remove(_ number: Int) -> Entry? {
        // The others needn't know an entry that has come and gone between two messages.
        if unsentEntries.removeValue(forKey: number) == nil { unsentRemovals.append(number) }
        return own.removeValue(forKey: number)
    }

    /// The messages with the changes since the last call.
    mutating func flush() -> [Message] {
        var messages: [Message] = []
        var entries = unsentEntries.values.sorted { $0.number < $1.number }[...]
        var removed = unsentRemovals[...]
        unsentEntries = [:]
        unsentRemovals = []
        while !entries.isEmpty || !removed.isEmpty {
            version += 1
            var message = message(.change)
            message.entries = Array(entries.prefix(Self.entriesPerMessage))
            message.removed = Array(removed.prefix(10 * Self.entriesPerMessage))
            entries = entries.dropFirst(Self.entriesPerMessage)
            removed = removed.dropFirst(10 * Self.entriesPerMessage)
            messages.append(message)
        }
        return messages
    }

    /// Tells the others that this node lives, asks those of which something is missing, and forgets those that are silent.
    mutating func beat() -> Outcome {
        beats += 1
        var outcome = Outcome(messages: [message(.alive)])
        for (name, peer) in others {
            if beats - peer.lastHeard > Self.maximumSilence {
                others[name] = nil
                outcome.changes += index.apply(adding: [], removing: Array(peer.entries.values), of: name)
            } else if peer.isBehind(since: beats - 1) {
                outcome.messages.append(message(.ask, to: name))
            }
        }
        return outcome
    }

    private func message(_ kind: Message.Kind, to receiver: ByteText? = nil) -> Message {
        Message(node: node.string, kind: kind, to: receiver?.string, version: version)
    }

    /// All members of this node, without those of unsent changes, which follow with these changes.
    private func state(for receiver: ByteText) -> [Message] {
        let entries = own.values.filter { unsentEntries[$0.number] == nil }.sorted { $0.number < $1.number }
        let parts = max(1, (entries.count + Self.entriesPerMessage - 1) / Self.entriesPerMessage)
        return (0..<parts).map { part in
            var message = message(.state, to: receiver)
            message.entries = Array(entries.dropFirst(part * Self.entriesPerMessage).prefix(Self.entriesPerMessage))
            message.part = part
            message.parts = parts
            return message
        }
    }

    // MARK: Other nodes

    /// Takes a message of another node, which may be a repetition, late, or lack its predecessors.
    mutating func receive(_ message: Message) -> Outcome {
        let sender = ByteText(message.node)
        guard sender != node, (0...Self.maximumVersion).contains(message.version),
            message.to.map({ ByteText($0) == node }) ?? true
        else { return Outcome() }
        guard message.node.utf8.count <= settings.maximumNameLength else { return Outcome() }
        guard others[sender] != nil || others.count < settings.maximumNodes else { return Outcome(isOverfull: true) }
        // The peer is taken out of the dictionary, so that its collections aren't copied.
        var peer = others.removeValue(forKey: sender) ?? PresencePeer()
        defer { others[sender] = peer }
        peer.lastHeard = beats
        var outcome = Outcome()
        var isUnknown = peer.version == nil
        switch message.kind {
        case .hello, .ask:
            // A node that has changed nothing yet needs no question.
            if isUnknown, message.version == 0 {
                peer.version = 0
                isUnknown = false
            }
            if peer.takesState(at: beats) { outcome.messages += state(for: sender) }
        case .alive: peer.hears(of: message.version, at: beats)
        case .state:
            guard let entries = peer.complete(message) else { break }
            isUnknown = false
            let gone = peer.entries.values.filter { former in entries[former.number] == nil }
            let new = entries.values.filter { entry in peer.entries[entry.number] == nil }
            apply(new, Array(gone), of: sender, &peer, &outcome)
            applyWaiting(of: sender, &peer, &outcome)
        case .change:
            peer.wait(message, at: beats)
            applyWaiting(of: sender, &peer, &outcome)
        }
        if isUnknown, peer.asks(at: beats) { outcome.messages.append(self.message(.ask, to: sender)) }
        return outcome
    }

    /// Applies the changes that follow the last one that was applied.
    private mutating func applyWaiting(
        of sender: ByteText,
        _ peer: inout PresencePeer<Details>,
        _ outcome: inout Outcome
    ) {
        while let change = peer.takeNext() {
            let removed = Set(change.removed ?? []).compactMap { peer.entries[$0] }
            // A faulty node may have given two entries one number.
            let new = Dictionary((change.entries ?? []).map { ($0.number, $0) }) { first, _ in first }
            apply(Array(new.values), removed, of: sender, &peer, &outcome)
        }
    }

    private mutating func apply(
        _ new: [Entry],
        _ gone: [Entry],
        of sender: ByteText,
        _ peer: inout PresencePeer<Details>,
        _ outcome: inout Outcome
    ) {
        let valid = new.filter {
            max($0.room.utf8.count, $0.key.utf8.count) <= settings.maximumNameLength && peer.entries[$0.number] == nil
        }
        let room = settings.maximumMembers - index.entryCount + gone.count
        if valid.count > room { outcome.isOverfull = true }
        let added = Array(valid.sorted { $0.number < $1.number }.prefix(max(0, room)))
        for entry in gone { peer.entries[entry.number] = nil }
        for entry in added { peer.entries[entry.number] = entry }
        outcome.changes += index.apply(adding: added, removing: gone, of: sender)
    }
}
