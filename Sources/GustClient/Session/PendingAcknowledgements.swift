import GustWire
import NIOCore

/// The acknowledgements that a socket waits for, each with a deadline; one timer for all of them.
///
/// Used on the client's loop only.
struct PendingAcknowledgements {
    private struct Entry {
        let deadline: NIODeadline
        let completion: AcknowledgementCompletion
    }

    private var entries: [Int: Entry] = [:]
    private var nextID = 0
    /// When the timer is due; nil if there is none.
    private(set) var due: NIODeadline?

    /// The number of acknowledgements that are waited for.
    var count: Int { entries.count }

    /// Adds one, and returns the id for the packet; `due` is the time at which the timer must be armed afterwards, if it is earlier.
    mutating func add(
        until deadline: NIODeadline,
        _ completion: @escaping AcknowledgementCompletion
    ) -> (id: Int, arms: Bool) {
        let id = nextID
        // An id isn't used again while a late acknowledgement of it could arrive.
        nextID = nextID == Int(Int32.max) ? 0 : nextID + 1
        entries[id] = Entry(deadline: deadline, completion: completion)
        let arms = due.map { deadline < $0 } ?? true
        if arms { due = deadline }
        return (id, arms)
    }

    /// Removes one that was received or is no longer wanted; nil for an unknown id.
    mutating func remove(_ id: Int) -> AcknowledgementCompletion? { entries.removeValue(forKey: id)?.completion }

    /// Removes those whose time has passed, in the order of their events; `due` is the time of the next one.
    mutating func removeExpired(at now: NIODeadline) -> [AcknowledgementCompletion] {
        var expired: [(Int, AcknowledgementCompletion)] = []
        var next: NIODeadline?
        for (id, entry) in entries {
            if entry.deadline <= now {
                expired.append((id, entry.completion))
            } else {
                next = min(next ?? entry.deadline, entry.deadline)
            }
        }
        for (id, _) in expired { entries[id] = nil }
        due = next
        return expired.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Removes all, because the connection was lost.
    mutating func removeAll() -> [AcknowledgementCompletion] {
        defer {
            entries = [:]
            due = nil
        }
        return entries.sorted { $0.key < $1.key }.map(\.value.completion)
    }
}
