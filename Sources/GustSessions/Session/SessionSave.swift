import GustHTTP

/// The steps of one save of a session.
///
/// The store may be synchronous or asynchronous: the caller takes each step and reports its result. The entries of old ids are
/// removed last, so that an error before that loses no values.
struct SessionSave {
    /// What the caller does next.
    enum Step {
        /// Write a record and report whether the store took it, by ``wrote(_:)``.
        case write(SessionRecord)
        /// Load the record of the session and report it by ``loaded(_:)``.
        case load
        /// Remove the entry with an id, then call ``removed(_:)``.
        case remove(String)
    }

    /// How often a save is repeated because another process has saved the session meanwhile.
    private static let maximumAttempts = 16

    private enum Phase {
        case deciding
        case writing(SessionState.PendingSave)
        case loading
        case removing([String])
        case done
    }

    private let core: SessionCore
    private let always: Bool
    private var phase = Phase.deciding
    private var attempts = 0

    init(_ core: SessionCore, always: Bool) {
        self.core = core
        self.always = always
    }

    /// The next step; nil when the save is complete.
    mutating func next() -> Step? {
        switch phase {
        case .deciding:
            guard let pending = core.pendingSave(always: always) else {
                phase = .done
                return nil
            }
            guard let record = pending.record else {
                phase = .removing(pending.retired)
                return next()
            }
            phase = .writing(pending)
            return .write(record)
        case .writing(let pending): return pending.record.map(Step.write)
        case .loading: return .load
        case .removing(let ids):
            if let id = ids.first { return .remove(id) }
            phase = .done
            return nil
        case .done: return nil
        }
    }

    /// Continues after the record was written, or was refused because the store has another version.
    ///
    /// - Throws: ``SessionError/contended`` if the store has refused the record too often.
    mutating func wrote(_ isStored: Bool) throws(SessionError) {
        guard case .writing(let pending) = phase else { return }
        guard isStored else {
            attempts += 1
            guard attempts < Self.maximumAttempts else { throw .contended }
            phase = .loading
            return
        }
        // If the session has ended during the save, the entry that was just written is removed.
        guard core.confirm(pending) else {
            phase = .removing([core.id])
            return
        }
        phase = .removing(pending.retired.filter { !$0.hasSameBytes(as: core.id) })
    }

    /// Continues with the record that another process has saved; nil if the store has none any more.
    mutating func loaded(_ record: SessionRecord?) {
        phase = core.reconcile(with: record) ? .deciding : .done
    }

    /// Continues after an entry was removed.
    mutating func removed(_ id: String) {
        guard case .removing(let ids) = phase else { return }
        core.removed(id)
        phase = .removing(Array(ids.dropFirst()))
    }
}
