import GustHTTP

/// The members of all rooms, by room and key.
struct PresenceIndex<Details: Codable & Sendable> {
    typealias Entry = PresenceMessage<Details>.Entry

    private struct Place {
        let node: ByteText
        let entry: Entry
    }

    /// For each room and key the entries, in the order in which they came.
    private var places: [ByteText: [ByteText: [Place]]] = [:]
    /// The number of entries.
    private(set) var entryCount = 0
    /// The number of changes so far.
    private var revision = 0

    var rooms: [String] { places.keys.map(\.string) }

    func count(in room: String) -> Int { places[ByteText(room)]?.count ?? 0 }

    /// The time at which a member came; nil if it isn't in the room.
    func since(_ key: String, in room: String) -> Int? { places[ByteText(room)]?[ByteText(key)]?.first?.entry.since }

    func list(in room: String) -> PresenceList<Details> {
        let members = (places[ByteText(room)] ?? [:]).map { Self.member($0.key, $0.value) }
        return PresenceList(
            revision: revision,
            members.sorted { ($0.since, ByteText($0.key)) < ($1.since, ByteText($1.key)) }
        )
    }

    private static func member(_ key: ByteText, _ places: [Place]) -> PresenceMember<Details> {
        PresenceMember(key: key.string, all: places.map(\.entry.details), since: places[0].entry.since)
    }

    /// Adds and removes entries of a node.
    ///
    /// - Returns: The changes of the members, by room.
    mutating func apply(adding new: [Entry], removing gone: [Entry], of node: ByteText) -> [PresenceChange<Details>] {
        var touched: [ByteText: Set<ByteText>] = [:]
        for entry in new + gone { touched[ByteText(entry.room), default: []].insert(ByteText(entry.key)) }
        let before = members(touched)
        for entry in gone { remove(entry, of: node) }
        for entry in new { insert(entry, of: node) }
        let after = members(touched)
        if !touched.isEmpty { revision += 1 }
        return touched.keys.sorted().compactMap { room in
            var change = PresenceChange<Details>(room: room.string)
            for key in (touched[room] ?? []).sorted() {
                switch (before[room]?[key], after[room]?[key]) {
                case (nil, let member?): change.joined.append(member)
                case (let member?, nil): change.left.append(member)
                case (.some, let member?): change.updated.append(member)
                case (nil, nil): break
                }
            }
            return change.joined.isEmpty && change.left.isEmpty && change.updated.isEmpty ? nil : change
        }
    }

    private func members(_ touched: [ByteText: Set<ByteText>]) -> [ByteText: [ByteText: PresenceMember<Details>]] {
        var found: [ByteText: [ByteText: PresenceMember<Details>]] = [:]
        for (room, keys) in touched {
            for key in keys {
                guard let places = places[room]?[key] else { continue }
                found[room, default: [:]][key] = Self.member(key, places)
            }
        }
        return found
    }

    private mutating func insert(_ entry: Entry, of node: ByteText) {
        entryCount += 1
        var list = places[ByteText(entry.room)]?[ByteText(entry.key)] ?? []
        // The order is the same on all nodes.
        let place = list.firstIndex {
            ($0.entry.since, $0.node, $0.entry.number) > (entry.since, node, entry.number)
        }
        list.insert(Place(node: node, entry: entry), at: place ?? list.endIndex)
        places[ByteText(entry.room), default: [:]][ByteText(entry.key)] = list
    }

    private mutating func remove(_ entry: Entry, of node: ByteText) {
        let (room, key) = (ByteText(entry.room), ByteText(entry.key))
        guard var list = places[room]?[key],
            let index = list.firstIndex(where: { $0.node == node && $0.entry.number == entry.number })
        else { return }
        entryCount -= 1
        list.remove(at: index)
        places[room]?[key] = list.isEmpty ? nil : list
        if places[room]?.isEmpty ?? false { places[room] = nil }
    }
}
