/// What a session is made of; a value, guarded by its session.
struct SessionState: Sendable {
    var id: String
    var values: [String: String] = [:]
    /// The keys that were set or removed since the last save.
    var changedKeys: Set<String> = []
    /// Counts the changes, so that one that comes while a save is under way isn't lost.
    var version = 0
    var savedVersion = 0
    /// Whether the store knows the session under this id.
    var isSaved = false
    /// Whether a connection keeps the session beyond the request that brought it.
    var isHeld = false
    /// Whether it was destroyed and nothing was set since.
    var isDestroyed = false
    /// Ids it had, to be taken out of the store.
    var retired: [String] = []
    /// How many requests with this session are being answered.
    var answers = 0

    init(id: String) { self.id = id }

    mutating func change(_ key: String, to text: String?) {
        values[key] = text
        changedKeys.insert(key)
        if text != nil { isDestroyed = false }
        version += 1
    }

    /// Goes on under another id, as one that the store doesn't know.
    mutating func rename(to newID: String) {
        retired.append(id)
        id = newID
        isSaved = false
        version += 1
    }

    /// Forgets all values.
    mutating func clear() {
        values = [:]
        changedKeys = []
        isDestroyed = true
        isSaved = false
        version += 1
    }

    /// What a save writes, and without a change only if that is to be `always`; nil if there is nothing to do.
    func pendingSave(always: Bool) -> Save? {
        let isEmptyAndUnknown = values.isEmpty && !isSaved
        let writes = !isDestroyed && (always || (version != savedVersion && !isEmptyAndUnknown))
        guard writes || !retired.isEmpty else { return nil }
        return Save(id: id, values: writes ? values : nil, retired: retired, version: version)
    }

    /// A save succeeded.
    mutating func confirm(_ save: Save) {
        retired.removeAll(where: save.retired.contains)
        guard save.values != nil, save.id == id else { return }
        isSaved = true
        savedVersion = save.version
        if version == save.version { changedKeys = [] }
    }

    /// What is to be written.
    struct Save {
        let id: String
        let values: [String: String]?
        let retired: [String]
        let version: Int
    }
}
