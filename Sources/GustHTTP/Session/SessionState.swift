/// What a session is made of; a value, guarded by its core.
struct SessionState: Sendable {
    /// The values, by keys that are compared by bytes.
    var values: [ByteText: String] = [:]
    /// The keys that were set or removed since the last save.
    var changedKeys: Set<ByteText> = []
    /// Counts the changes, so that one that comes while a save is under way isn't lost.
    var version = 0
    var savedVersion = 0
    /// Whether the store knows the session.
    var isSaved = false
    /// Whether a connection keeps the session beyond the request that brought it.
    var isHeld = false
    /// Whether the session before it was destroyed and nothing was set since.
    var isDestroyed = false
    /// Ids of sessions that this one follows, to be taken out of the store.
    var retired: [String] = []
    /// Whether the session is over: it has no values, takes none, and isn't saved any more.
    var isEnded = false
    /// What to do at the end, by number.
    var endActions: [Int: @Sendable () -> Void] = [:]
    var nextAction = 0

    mutating func change(_ key: ByteText, to text: String?) {
        values[key] = text
        changedKeys.insert(key)
        if text != nil { isDestroyed = false }
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

    /// Ends the session.
    ///
    /// - Returns: what to do then, without a lock.
    mutating func end() -> [@Sendable () -> Void] {
        clear()
        retired = []
        isEnded = true
        defer { endActions = [:] }
        return endActions.sorted { $0.key < $1.key }.map(\.value)
    }

    /// What a save writes, and without a change only if that is to be `always`; nil if there is nothing to do.
    func pendingSave(always: Bool) -> Save? {
        guard !isEnded else { return nil }
        let isEmptyAndUnknown = values.isEmpty && !isSaved
        let writes = !isDestroyed && (always || (version != savedVersion && !isEmptyAndUnknown))
        guard writes || !retired.isEmpty else { return nil }
        return Save(values: writes ? values : nil, retired: retired, version: version)
    }

    /// A save succeeded.
    mutating func confirm(_ save: Save) {
        guard !isEnded else { return }
        retired.removeAll(where: save.retired.contains)
        guard save.values != nil else { return }
        isSaved = true
        savedVersion = save.version
        if version == save.version { changedKeys = [] }
    }

    /// What is to be written.
    struct Save {
        let values: [ByteText: String]?
        let retired: [String]
        let version: Int
    }
}
