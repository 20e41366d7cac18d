import GustHTTP

/// The state of a session, guarded by the lock of its core.
struct SessionState: Sendable {
    /// The values, by keys that are compared by bytes.
    var values: [ByteText: String] = [:]
    /// The keys that have been set or removed since the last save.
    var changedKeys: Set<ByteText> = []
    /// The user who has signed in.
    var identity: SessionIdentity?
    /// Whether the user chose to stay signed in.
    var isRemembered = false
    /// When the session began, in seconds since 1970.
    var created = 0
    /// The number of changes, by which a change during a save is detected.
    var changes = 0
    var savedChanges = 0
    /// The version in the store; 0 if the store doesn't contain the session.
    var storedVersion = 0
    /// Whether the time of the last use must be written to the store.
    var needsTouch = false
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

    /// Whether the store contains the session.
    var isSaved: Bool { storedVersion > 0 && !isDestroyed }

    mutating func change(_ key: ByteText, to text: String?) {
        values[key] = text
        changedKeys.insert(key)
        if text != nil { isDestroyed = false }
        changes += 1
    }

    /// Sets the user.
    mutating func identify(as identity: SessionIdentity, isRemembered: Bool) {
        self.identity = identity
        self.isRemembered = isRemembered
        isDestroyed = false
        changes += 1
    }

    /// Discards all values and the user.
    mutating func clear() {
        values = [:]
        changedKeys = []
        identity = nil
        isRemembered = false
        isDestroyed = true
        changes += 1
    }

    /// Ends the session.
    ///
    /// - Returns: The actions to call after the lock has been released.
    mutating func end() -> [@Sendable () -> Void] {
        clear()
        storedVersion = 0
        retired = []
        isEnded = true
        defer { endActions = [:] }
        return endActions.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Replaces the values by those of a record, except values that have been changed here and not saved yet.
    ///
    /// A record that is older than what is here is ignored: another request has saved since it was loaded. The user and the
    /// beginning of a session never change without a new id, so those of the record count.
    mutating func adopt(_ record: SessionRecord) {
        guard !isEnded, record.version >= storedVersion else { return }
        var merged = record.texts
        for key in changedKeys { merged[key] = values[key] }
        values = merged
        identity = record.identity ?? identity
        isRemembered = record.isRemembered || isRemembered
        created = record.created
        storedVersion = record.version
    }

    /// What a save has to do; nil if there is nothing to do.
    ///
    /// If nothing has changed, the record is only written if `always` is set, or if the time of the last use must be written.
    func pendingSave(always: Bool, expires: Int) -> PendingSave? {
        guard !isEnded else { return nil }
        let isEmptyAndUnknown = values.isEmpty && identity == nil && !isSaved
        let writes = !isDestroyed && (always || ((changes != savedChanges || needsTouch) && !isEmptyAndUnknown))
        guard writes || !retired.isEmpty else { return nil }
        var record: SessionRecord?
        if writes { record = self.record(expires: expires) }
        return PendingSave(record: record, retired: retired, changes: changes)
    }

    /// The record to store.
    func record(expires: Int) -> SessionRecord {
        var record = SessionRecord(values, expires: expires)
        record.identity = identity
        record.version = storedVersion
        record.created = created
        record.isRemembered = isRemembered
        return record
    }

    /// Updates the state after the record of a save was stored.
    mutating func confirm(_ save: PendingSave) {
        guard !isEnded, let record = save.record else { return }
        storedVersion = max(storedVersion, record.version + 1)
        needsTouch = false
        savedChanges = max(savedChanges, save.changes)
        if changes == save.changes { changedKeys = [] }
    }

    /// What a save has to do.
    struct PendingSave {
        /// The record to write, or nil.
        let record: SessionRecord?
        /// The ids to remove from the store.
        let retired: [String]
        let changes: Int
    }
}
