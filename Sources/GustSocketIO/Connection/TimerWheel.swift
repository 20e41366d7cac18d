import NIOCore

/// One loop's deadlines, kept in slots of a wheel so that arming and cancelling cost a few pointer writes.
///
/// Heartbeats of many thousand connections are armed and cancelled all the time and hardly ever fire; a heap operation
/// for each (`scheduleTask`) costs more than the message that caused it. Deadlines are met late by up to one tick,
/// never early. The wheel asks the loop for one repeating tick while it holds a timer, and for none when it is empty.
///
/// Belongs to its loop; the clock is the loop's, so tests turn it by hand.
final class TimerWheel {
    /// One deadline.
    ///
    /// Made once by its owner and armed again and again.
    final class Timer {
        /// The slot in which it waits, and its place there; nil while it isn't armed.
        fileprivate var position: (slot: Int, index: Int)?
        fileprivate(set) var deadline = NIODeadline.uptimeNanoseconds(0)
        /// Called on the loop when the deadline passed; the timer is disarmed then.
        ///
        /// Set to nil to break cycles.
        var action: (() -> Void)?

        init(_ action: (() -> Void)? = nil) {
            self.action = action
        }

        /// Whether the timer waits.
        var isArmed: Bool { position != nil }
    }

    private static let slotCount = 1_024
    private let tick: TimeAmount
    private let eventLoop: any EventLoop
    private var slots: [[Timer]]
    /// How many timers are armed.
    private(set) var armedCount = 0
    /// The last tick that was handled, counted from the clock's zero.
    private var currentTick: UInt64 = 0
    private var isTicking = false
    /// When the next tick is due, while the wheel ticks.
    private var nextTick = NIODeadline.uptimeNanoseconds(0)
    /// How late the last tick was.
    private var lastLag = TimeAmount.zero
    /// How late the latest tick since the last call of ``takeLongestLag()`` was.
    private var longestLag = TimeAmount.zero

    init(eventLoop: any EventLoop, tick: TimeAmount = .milliseconds(10)) {
        self.eventLoop = eventLoop
        self.tick = tick
        slots = Array(repeating: [], count: Self.slotCount)
    }

    /// Arms `timer` for `deadline`, whether it is armed or not.
    func arm(_ timer: Timer, at deadline: NIODeadline) {
        if timer.isArmed, deadline >= timer.deadline {
            // It is put off, as most are: where it waits it is looked at early enough, and moved on then.
            timer.deadline = deadline
            return
        }
        disarm(timer)
        if armedCount == 0 { currentTick = tickNumber(eventLoop.now) }
        let slot = slot(for: deadline)
        timer.deadline = deadline
        timer.position = (slot, slots[slot].count)
        slots[slot].append(timer)
        armedCount += 1
        scheduleTick()
    }

    /// Disarms `timer`; harmless if it isn't armed.
    func disarm(_ timer: Timer) {
        guard let (slot, index) = timer.position else { return }
        timer.position = nil
        let last = slots[slot].removeLast()
        if last !== timer {
            slots[slot][index] = last
            last.position = (slot, index)
        }
        armedCount -= 1
    }

    /// How late the loop runs its tasks: the delay of the last tick, or of the next tick if that is overdue; zero while the wheel is empty.
    var lag: TimeAmount {
        isTicking ? max(lastLag, eventLoop.now - nextTick) : .zero
    }

    /// How late the tick with the longest delay since the last call was, or the next tick if that is overdue; nil while the wheel is empty.
    func takeLongestLag() -> TimeAmount? {
        guard isTicking else { return nil }
        defer { longestLag = .zero }
        return max(longestLag, eventLoop.now - nextTick)
    }

    private func slot(for deadline: NIODeadline) -> Int {
        // Rounded up, so that no timer fires early; never the tick being handled, which is done with.
        Int(max(tickNumber(deadline) + 1, currentTick + 1) % UInt64(Self.slotCount))
    }

    private func tickNumber(_ time: NIODeadline) -> UInt64 {
        time.uptimeNanoseconds / UInt64(tick.nanoseconds)
    }

    private func scheduleTick() {
        guard !isTicking else { return }
        isTicking = true
        // The wheel lives as long as its shard, which lives as long as the endpoint; weak so that a test's loop may
        // outlive both.
        let bound = NIOLoopBound(Weak(self), eventLoop: eventLoop)
        nextTick = eventLoop.now + tick
        eventLoop.scheduleTask(in: tick) { bound.value.wheel?.advance() }
    }

    private func advance() {
        isTicking = false
        let now = eventLoop.now
        lastLag = now - nextTick
        longestLag = max(longestLag, lastLag)
        let last = tickNumber(now)
        // After a long sleep of the process one turn of the wheel visits every slot.
        let first = max(currentTick + 1, last >= UInt64(Self.slotCount) ? last - UInt64(Self.slotCount) + 1 : 0)
        if first <= last {
            for number in first...last {
                currentTick = number
                fire(slot: Int(number % UInt64(Self.slotCount)), now: now)
            }
        }
        if armedCount > 0 { return scheduleTick() }
        // When the wheel ticks again, perhaps an hour later, the delay of the last tick says nothing about the loop.
        lastLag = .zero
        longestLag = .zero
    }

    private func fire(slot: Int, now: NIODeadline) {
        guard !slots[slot].isEmpty else { return }
        // Actions may arm and disarm any timer, so the due ones are taken out first.
        let due = slots[slot].filter { $0.deadline <= now || self.slot(for: $0.deadline) != slot }
        for timer in due where timer.position?.slot == slot {
            let deadline = timer.deadline
            disarm(timer)
            if deadline <= now { timer.action?() } else { arm(timer, at: deadline) }
        }
    }

    private struct Weak {
        weak var wheel: TimerWheel?
        init(_ wheel: TimerWheel) { self.wheel = wheel }
    }
}
