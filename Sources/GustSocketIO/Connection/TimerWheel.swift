import NIOCore

/// One loop's deadlines, kept in slots of a wheel so that arming and cancelling cost a few pointer writes.
///
/// Heartbeats of many thousand connections are armed and cancelled all the time and hardly ever fire; a heap operation
/// for each (`scheduleTask`) costs more than the message that caused it. Deadlines are met late by up to one tick,
/// never early. While the wheel holds timers, the loop runs it when the next one may be due, and at least ten times a second, so that the
/// lag of the loop is known; an empty wheel isn't run.
///
/// Belongs to its loop; the clock is the loop's, so tests turn it by hand.
final class TimerWheel {
    /// One deadline.
    ///
    /// Made once by its owner and armed again and again.
    final class Timer {
        /// The slot in which it waits, and its place there; nil while it isn't armed.
        fileprivate var position: (slot: UInt16, index: UInt32)?
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
    /// The most ticks that are passed over, because no timer is due in them.
    private static let longestPause: UInt64 = 10
    /// So many timers are due in nearly each tick.
    private static let manyTimers = 2_000
    private let tick: TimeAmount
    private let eventLoop: any EventLoop
    private var slots: [[Timer]]
    /// How many timers are armed.
    private(set) var armedCount = 0
    /// For how many timers the slots have memory.
    var capacity: Int { slots.reduce(0) { $0 + $1.capacity } }
    /// The last tick that was handled, counted from the clock's zero.
    private var currentTick: UInt64 = 0
    private var isTicking = false
    /// When the next tick is due, while the wheel ticks.
    private(set) var nextTick = NIODeadline.uptimeNanoseconds(0)
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
        let number = number(for: deadline)
        let slot = Self.slot(of: number)
        timer.deadline = deadline
        timer.position = (UInt16(slot), UInt32(slots[slot].count))
        slots[slot].append(timer)
        armedCount += 1
        if !isTicking || time(of: number) < nextTick { scheduleTick() }
    }

    /// Disarms `timer`; harmless if it isn't armed.
    func disarm(_ timer: Timer) {
        guard let (slot, index) = timer.position else { return }
        timer.position = nil
        let last = slots[Int(slot)].removeLast()
        if last !== timer {
            slots[Int(slot)][Int(index)] = last
            last.position = (slot, index)
        }
        armedCount -= 1
    }

    /// The deadline itself or, while many timers are armed, the next time at which others are due too: at most 50 ms later.
    ///
    /// For timers that needn't be exact. The loop wakes up less often if it handles many of them at a time.
    func commonTime(for deadline: NIODeadline) -> NIODeadline {
        guard armedCount >= Self.manyTimers else { return deadline }
        let interval: UInt64 = 50_000_000
        let late = deadline.uptimeNanoseconds % interval
        return late == 0 ? deadline : deadline + .nanoseconds(Int64(interval - late))
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

    /// The number of the tick in which a timer is due.
    private func number(for deadline: NIODeadline) -> UInt64 {
        // Rounded up, so that no timer fires early; never the tick being handled, which is done with.
        max(tickNumber(deadline) + 1, currentTick + 1)
    }

    private static func slot(of number: UInt64) -> Int { Int(number % UInt64(slotCount)) }

    private func time(of number: UInt64) -> NIODeadline {
        .uptimeNanoseconds(number * UInt64(tick.nanoseconds))
    }

    private func tickNumber(_ time: NIODeadline) -> UInt64 {
        time.uptimeNanoseconds / UInt64(tick.nanoseconds)
    }

    /// Schedules the first tick with a timer, or the last of the longest pause.
    private func scheduleTick() {
        isTicking = true
        var number = currentTick + 1
        while number < currentTick + Self.longestPause, slots[Self.slot(of: number)].isEmpty { number += 1 }
        let time = time(of: number)
        nextTick = time
        // The wheel lives as long as its shard, which lives as long as the endpoint; weak so that a test's loop may
        // outlive both.
        let bound = NIOLoopBound(Weak(self), eventLoop: eventLoop)
        eventLoop.scheduleTask(deadline: time) { bound.value.wheel?.advance(at: time) }
    }

    private func advance(at time: NIODeadline) {
        // A timer that was armed meanwhile may have brought the tick forward.
        guard isTicking, time == nextTick else { return }
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
                fire(slot: Self.slot(of: number), now: now)
            }
        }
        if armedCount > 0 { return scheduleTick() }
        // When the wheel ticks again, perhaps an hour later, the delay of the last tick says nothing about the loop.
        lastLag = .zero
        longestLag = .zero
    }

    private func fire(slot: Int, now: NIODeadline) {
        defer { releaseMemory(of: slot) }
        guard !slots[slot].isEmpty else { return }
        // Actions may arm and disarm any timer, so the due ones are taken out first.
        let due = slots[slot].filter { $0.deadline <= now || Self.slot(of: number(for: $0.deadline)) != slot }
        for timer in due where timer.position?.slot == UInt16(slot) {
            let deadline = timer.deadline
            disarm(timer)
            if deadline <= now { timer.action?() } else { arm(timer, at: deadline) }
        }
    }

    /// Gives the memory of timers back that have left a slot.
    ///
    /// Timers that were armed at the same time share a slot, and are in another one in each turn. Each slot that they passed through
    /// would keep memory for all of them otherwise.
    private func releaseMemory(of slot: Int) {
        let count = slots[slot].count
        guard slots[slot].capacity >= 4 * (count + 1) else { return }
        // `map` allocates as much as the timers need.
        slots[slot] = count == 0 ? [] : slots[slot].map { $0 }
    }

    private struct Weak {
        weak var wheel: TimerWheel?
        init(_ wheel: TimerWheel) { self.wheel = wheel }
    }
}
