import GustHTTP
import GustWire
import NIOCore

/// The ids of events that are being handled or have been handled, with their acknowledgements, by scope and within bounds.
struct UniqueEventTable {
    /// The bounds of what is remembered.
    struct Limits {
        /// How long an event is remembered.
        var lifetime: TimeAmount
        /// How many events of one scope are remembered.
        var scopeCount: Int
        /// How many events are remembered in all scopes together.
        var count = 100_000
        /// How many events may be handled at once in all scopes together; their handlers aren't cancelled when a client leaves.
        var running = 10_000
        /// How many bytes the ids and acknowledgements of handled events may have.
        var bytes = 32 << 20
        /// How many acknowledgements of duplicates wait for one handler; past that, the oldest is never sent.
        var waiting = 16
    }

    /// What to do with an event.
    enum Verdict {
        /// The event is the first one with its id; the number is that of the entry that has been made.
        case handle(number: UInt64)
        /// The first event is still being handled, and its acknowledgement will be sent to this one too.
        case wait
        /// The first event had this acknowledgement.
        case repeated(Arguments)
        /// Too many events are being handled.
        case refuse
    }

    private struct Entry {
        let number: UInt64
        /// The acknowledgement; nil while the event is being handled.
        var answer: Arguments?
        /// The acknowledgements of the duplicates that wait.
        var waiting: [Acknowledgement] = []
        /// How many bytes the id and the acknowledgement have.
        var byteCount = 0
    }

    private struct Scope {
        var entries: [ByteText: Entry] = [:]
        /// The ids in the order of their events.
        var order = CircularBuffer<ByteText>(initialCapacity: 0)
    }

    /// An event in the order of all scopes; if its entry has another number, the entry has been removed.
    private struct Element {
        let scope: ByteText
        let id: ByteText
        let number: UInt64
        let expiry: NIODeadline
    }

    private let limits: Limits
    private var scopes: [ByteText: Scope] = [:]
    /// The events of all scopes, the oldest first.
    private var queue = CircularBuffer<Element>(initialCapacity: 0)
    /// How many events are remembered.
    private(set) var count = 0
    /// How many of them are being handled.
    private var runningCount = 0
    private var byteCount = 0
    private var lastNumber: UInt64 = 0

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// What to do with an event that has this id.
    ///
    /// - Parameters:
    ///   - id: the id.
    ///   - key: the scope of the id.
    ///   - acknowledgement: acknowledges the event; nil if the client requested no acknowledgement.
    ///   - now: the time.
    /// - Returns: what to do.
    mutating func verdict(
        on id: ByteText,
        in key: ByteText,
        _ acknowledgement: Acknowledgement?,
        at now: NIODeadline
    ) -> Verdict {
        while let oldest = queue.first, oldest.expiry <= now { removeOldest() }
        if let entry = scopes[key]?.entries[id] {
            if let answer = entry.answer { return .repeated(answer) }
            if let acknowledgement { scopes[key]?.entries[id]?.waiting.append(acknowledgement) }
            if entry.waiting.count >= limits.waiting { scopes[key]?.entries[id]?.waiting.removeFirst() }
            return .wait
        }
        guard runningCount < limits.running else { return .refuse }
        if let scope = scopes[key], scope.entries.count >= limits.scopeCount {
            let index = scope.order.firstIndex { scope.entries[$0]?.answer != nil }
            guard let oldest = index else { return .refuse }
            remove(at: oldest, in: key)
        }
        while count >= limits.count { removeOldest() }
        lastNumber += 1
        scopes[key, default: Scope()].entries[id] = Entry(number: lastNumber)
        scopes[key]?.order.append(id)
        queue.append(Element(scope: key, id: id, number: lastNumber, expiry: now + limits.lifetime))
        count += 1
        runningCount += 1
        // Events that were removed because of the bound of their scope are still in the queue.
        if queue.count > 2 * count + 64 { queue = CircularBuffer(queue.filter(contains)) }
        return .handle(number: lastNumber)
    }

    /// Records the acknowledgement of an event; returns the acknowledgements of the duplicates that wait for it.
    mutating func finish(_ number: UInt64, _ id: ByteText, in key: ByteText, _ answer: Arguments) -> [Acknowledgement] {
        guard let entry = scopes[key]?.entries[id], entry.number == number, entry.answer == nil else { return [] }
        let bytes = id.string.utf8.count + answer.weight
        scopes[key]?.entries[id] = Entry(number: number, answer: answer, byteCount: bytes)
        byteCount += bytes
        runningCount -= 1
        while byteCount > limits.bytes { removeOldest() }
        return entry.waiting
    }

    /// Removes the first element of the queue, and its entry if that still exists.
    private mutating func removeOldest() {
        guard let oldest = queue.popFirst(), contains(oldest) else { return }
        // Its entry is the first of its scope, because the order of the scope is the order of the queue.
        remove(at: scopes[oldest.scope]?.order.startIndex, in: oldest.scope)
    }

    private mutating func remove(at index: CircularBuffer<ByteText>.Index?, in key: ByteText) {
        guard let index, let id = scopes[key]?.order.remove(at: index),
            let entry = scopes[key]?.entries.removeValue(forKey: id)
        else { return }
        if scopes[key]?.entries.isEmpty == true { scopes[key] = nil }
        count -= 1
        if entry.answer == nil { runningCount -= 1 }
        byteCount -= entry.byteCount
    }

    private func contains(_ element: Element) -> Bool {
        scopes[element.scope]?.entries[element.id]?.number == element.number
    }
}
