import NIOCore
import Synchronization

/// What other threads want done on one loop of an endpoint, in the order in which they asked.
///
/// Bounded, and done in batches: a loop runs all its tasks before it looks at its sockets again, so that as many posted tasks
/// as another loop can make would keep its clients waiting. A batch that has taken ``batchTime`` ends, and the next one begins
/// after the loop has looked at its sockets. Posting never waits.
///
/// `@unchecked Sendable`: `taken` is used on the loop only; all else is behind a lock, constant, or atomic.
final class LoopInbox: @unchecked Sendable {
    /// How much may wait.
    struct Limits: Sendable {
        /// Past this many items, or this many bytes, whoever sends more is asked to pause.
        var pausing = 128
        var pausingBytes = 1 << 20
        /// Past this many items, or this many bytes, what can be refused is refused.
        var maximum = 65_536
        var maximumBytes = 32 << 20
    }

    private struct Item {
        let weight: Int
        let work: @Sendable () -> Void
    }

    private struct State {
        var items = CircularBuffer<Item>()
        /// What isn't done yet, the batch that is being done included.
        var count = 0
        var weight = 0
        var isScheduled = false
        var whenRelieved: [@Sendable () -> Void] = []
    }

    /// How long a batch may take.
    static let batchTime = TimeAmount.milliseconds(1)
    /// How long after a batch the next one is due: soon, but not by the time at which the loop asks what is due.
    static let pauseTime = TimeAmount.microseconds(50)

    private let eventLoop: any EventLoop
    private let limits: Limits
    private let state = Mutex(State())
    private var taken = CircularBuffer<Item>()

    init(_ eventLoop: any EventLoop, limits: Limits = Limits()) {
        self.eventLoop = eventLoop
        self.limits = limits
    }

    /// How many items wait.
    var count: Int { state.withLock { $0.count } }

    /// Whether no more may be added of what can be refused.
    var isFull: Bool { state.withLock { $0.count >= limits.maximum || $0.weight >= limits.maximumBytes } }

    /// Whether whoever sends more should pause.
    var isCongested: Bool { state.withLock { isCongested($0) } }

    private func isCongested(_ state: borrowing State) -> Bool {
        state.count > limits.pausing || state.weight > limits.pausingBytes
    }

    /// Adds work at the end; may be called from anywhere.
    ///
    /// - Parameters:
    ///   - weight: how many bytes the work holds.
    ///   - isRefusable: whether the work is refused if too much waits; what must not be lost is bounded by other limits.
    ///   - work: is called on the loop.
    /// - Returns: whether it was added.
    @discardableResult
    func append(weight: Int = 0, isRefusable: Bool = false, _ work: @escaping @Sendable () -> Void) -> Bool {
        let schedules = state.withLock { state -> Bool? in
            guard !isRefusable || (state.count < limits.maximum && state.weight < limits.maximumBytes) else {
                return nil
            }
            state.items.append(Item(weight: weight, work: work))
            state.count += 1
            state.weight += weight
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard let schedules else { return false }
        if schedules { eventLoop.execute { self.drain() } }
        return true
    }

    /// Calls `body` once, on some thread, when half of what a pause takes has been done; at once if nobody need pause.
    func whenRelieved(_ body: @escaping @Sendable () -> Void) {
        let waits = state.withLock { state in
            guard isCongested(state) else { return false }
            state.whenRelieved.append(body)
            return true
        }
        if !waits { body() }
    }

    /// Does a batch.
    private func drain() {
        let end = eventLoop.now + Self.batchTime
        var done = Done()
        repeat {
            if taken.isEmpty {
                guard refill(done) else { return }
                done = Done()
            }
            let item = taken.removeFirst()
            item.work()
            done.count += 1
            done.weight += item.weight
        } while eventLoop.now < end
        settle(done) { _ in }
        // Behind all that the batch has posted, such as flushes, and then not before the loop has looked at its sockets: it
        // does that when nothing is due.
        eventLoop.execute { [eventLoop] in
            eventLoop.scheduleTask(in: Self.pauseTime) { self.drain() }
        }
    }

    /// Takes what has come since; false if nothing has, and then the next item begins a new batch.
    private func refill(_ done: Done) -> Bool {
        settle(done) { state in
            swap(&state.items, &taken)
            state.isScheduled = !taken.isEmpty
        }
        return !taken.isEmpty
    }

    /// Counts what is done, and lets those go on who paused.
    private func settle(_ done: Done, _ body: (inout State) -> Void) {
        let relieved = state.withLock { state -> [@Sendable () -> Void] in
            state.count -= done.count
            state.weight -= done.weight
            body(&state)
            guard state.count <= limits.pausing / 2, state.weight <= limits.pausingBytes / 2 else { return [] }
            defer { state.whenRelieved = [] }
            return state.whenRelieved
        }
        for body in relieved { body() }
    }

    /// What a batch has done.
    private struct Done {
        var count = 0
        var weight = 0
    }
}
