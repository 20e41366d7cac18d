import GustHTTP
import Synchronization

/// Saving a session, in any kind of store.
extension SessionCore {
    /// Saves the session in its store if something has changed or if `always` is set.
    func save(always: Bool) async throws {
        var save = SessionSave(self, always: always)
        while let step = save.next() {
            switch step {
            case .write(let record): try save.wrote(await write(record))
            case .load: save.loaded(try await store.load(id))
            case .remove(let id):
                try await store.remove(id)
                save.removed(id)
            }
        }
    }

    private func write(_ record: SessionRecord) async throws -> Bool {
        if let memory = store as? MemorySessionStore { return memory.save(record, for: id, claim) }
        return try await store.save(record, for: id)
    }

    /// Saves the session in `store`, synchronously, if something has changed.
    func saveInPlace(in store: any ImmediateSessionStore) throws {
        var save = SessionSave(self, always: false)
        while let step = save.next() {
            switch step {
            case .write(let record):
                let memory = store as? MemorySessionStore
                try save.wrote(memory?.save(record, for: id, claim) ?? store.save(record, for: id))
            case .load: save.loaded(try store.load(id))
            case .remove(let id):
                try store.remove(id)
                save.removed(id)
            }
        }
    }

    /// What a save has to do; nil if there is nothing to do.
    func pendingSave(always: Bool) -> SessionState.PendingSave? {
        state.withLock { state in
            let expires = lifetime.expiry(created: state.created, isRemembered: state.isRemembered)
            return state.pendingSave(always: always, expires: expires)
        }
    }

    /// Updates the state after the record of a save was stored.
    ///
    /// - Returns: `false` if the session has ended meanwhile.
    func confirm(_ save: SessionState.PendingSave) -> Bool {
        state.withLock { state in
            state.confirm(save)
            // The new record has replaced the one that was to be removed.
            state.retired.removeAll { $0.hasSameBytes(as: id) }
            return !state.isEnded
        }
    }

    /// Forgets an old id whose entry was removed from the store.
    func removed(_ id: String) {
        state.withLock { state in
            state.retired.removeAll { $0.hasSameBytes(as: id) }
            if id.hasSameBytes(as: self.id) { state.storedVersion = 0 }
        }
    }

    /// Applies the changes here to the record that another process has saved.
    ///
    /// - Parameter record: The record; nil if the store has none any more. Then the session of a browser ends, because another
    ///   process has ended it or it has expired; a session that is bound to a connection is stored anew.
    /// - Returns: Whether the save goes on.
    func reconcile(with record: SessionRecord?) -> Bool {
        if let record {
            adopt(record)
        } else if live == nil {
            state.withLock { $0.storedVersion = 0 }
        } else {
            end()
            return false
        }
        return true
    }
}
