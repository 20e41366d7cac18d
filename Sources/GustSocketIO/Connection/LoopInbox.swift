import NIOCore
import Synchronization

/// Work that other threads post to one loop of an endpoint, done in the order in which it was posted.
///
/// The work is bounded and done in batches: an event loop runs all its tasks before it handles I/O again, so that the clients of
/// the loop would wait as long as other loops post tasks. A batch ends after ``batchTime``, and the next batch begins
/// after the loop has handled I/O. Posting never blocks.
///
/// `@unchecked Sendable`: `taken` is used on the loop only; all else is behind a lock, constant, or atomic.
final class LoopInbox: @unchecked Sendable {
    /// The bounds of the inbox.
    struct Limits: Sendable {
        /// Past this many items, or this many bytes, senders are asked to pause.
        var pausing = 128
        var pausingBytes = 1 << 20
        /// Past this many items, or this many bytes, refusable work is refused.
        var maximum = 65_536
        var maximumBytes = 32 << 20
    }

    private struct Item {
        let weight: Int
        let work: @Sendable () -> Void
    }

    private struct State {
        var items = CircularBuffer<Item>()
        /// The work that isn't done yet, including the current batch.
        var count = 0
        var weight = 0
        var isScheduled = false
        var whenRelieved: [@Sendable () -> Void] = []
    }

    /// How long a batch takes at most, but for its last item.
    static let batchTime = TimeAmount.milliseconds(1)
    /// How long after a batch the next batch is due: long enough that the loop handles I/O first.
    static let pauseTime = TimeAmount.microseconds(50)

    private let eventLoop: any EventLoop
    private let limits: Limits
    private let state = Mutex(State())
    private var taken = CircularBuffer<Item>()

    init(_ eventLoop: any EventLoop, limits: Limits = Limits()) {
        self.eventLoop = eventLoop
        self.limits = limits
    }

    /// How many items are waiting.
    var count: Int { state.withLock { $0.count } }

    /// Whether refusable work is refused now.
    var isFull: Bool { state.withLock { $0.count >= limits.maximum || $0.weight >= limits.maximumBytes } }

    /// Whether senders should pause.
    var isCongested: Bool { state.withLock { isCongested($0) } }

    private func isCongested(_ state: borrowing State) -> Bool {
        state.count > limits.pausing || state.weight > limits.pausingBytes
    }

    /// Appends work; may be called from any thread.
    ///
    /// - Parameters:
    ///   - weight: how many bytes the work holds.
    ///   - isRefusable: whether the work is refused if the inbox is full; work that must not be lost is bounded by other limits.
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

    /// Calls `body` once, on any thread, when the inbox is half empty again; at once if senders needn't pause.
    func whenRelieved(_ body: @escaping @Sendable () -> Void) {
        let waits = state.withLock { state in
            guard isCongested(state) else { return false }
            state.whenRelieved.append(body)
            return true
        }
        if !waits { body() }
    }

    /// Performs one batch.
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
        // The next batch comes after tasks that this batch has posted, such as flushes, and after the loop has handled I/O, which it
        // does when no task is due.
        eventLoop.execute { [eventLoop] in
            eventLoop.scheduleTask(in: Self.pauseTime) { self.drain() }
        }
    }

    /// Takes the items that have been appended since; false if there are none, and the next item begins a new batch.
    private func refill(_ done: Done) -> Bool {
        settle(done) { state in
            swap(&state.items, &taken)
            state.isScheduled = !taken.isEmpty
        }
        return !taken.isEmpty
    }

    /// Counts finished work, and resumes senders that have paused.
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

    /// How much work a batch has done.
    private struct Done {
        var count = 0
        var weight = 0
    }
}
