import GustHTTP

/// The state of a session, guarded by the lock of its core.
struct SessionState: Sendable {
    /// The values, by keys that are compared by bytes.
    var values: [ByteText: String] = [:]
    /// The keys that have been set or removed since the last save.
    var changedKeys: Set<ByteText> = []
    /// The number of changes, by which a change during a save is detected.
    var version = 0
    var savedVersion = 0
    /// Whether the store contains the session.
    var isSaved = false
    /// Whether a connection uses the session after the request that opened the connection.
    var isHeld = false
    /// Whether the previous session was destroyed and nothing has been set since.
    var isDestroyed = false
    /// The ids of previous sessions, whose entries must be removed from the store.
    var retired: [String] = []
    /// Whether the session has ended: it has no values, accepts none, and isn't saved any more.
    var isEnded = false
    /// The actions to call when the session ends, by number.
    var endActions: [Int: @Sendable () -> Void] = [:]
    var nextAction = 0

    mutating func change(_ key: ByteText, to text: String?) {
        values[key] = text
        changedKeys.insert(key)
        if text != nil { isDestroyed = false }
        version += 1
    }

    /// Discards all values.
    mutating func clear() {
        values = [:]
        changedKeys = []
        isDestroyed = true
        isSaved = false
        version += 1
    }

    /// Ends the session.
    ///
    /// - Returns: The actions to call after the lock has been released.
    mutating func end() -> [@Sendable () -> Void] {
        clear()
        retired = []
        isEnded = true
        defer { endActions = [:] }
        return endActions.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The work of a save; nil if there is nothing to do.
    ///
    /// If nothing has changed, the values are only written if `always` is set.
    func pendingSave(always: Bool) -> Save? {
        guard !isEnded else { return nil }
        let isEmptyAndUnknown = values.isEmpty && !isSaved
        let writes = !isDestroyed && (always || (version != savedVersion && !isEmptyAndUnknown))
        guard writes || !retired.isEmpty else { return nil }
        return Save(values: writes ? values : nil, retired: retired, version: version)
    }

    /// Updates the state after a successful save.
    mutating func confirm(_ save: Save) {
        guard !isEnded else { return }
        retired.removeAll(where: save.retired.contains)
        guard save.values != nil else { return }
        isSaved = true
        savedVersion = save.version
        if version == save.version { changedKeys = [] }
    }

    /// The values to write, or nil, and the ids to remove from the store.
    struct Save {
        let values: [ByteText: String]?
        let retired: [String]
        let version: Int
    }
}
