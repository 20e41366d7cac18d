import NIOCore
import NIOEmbedded
import Testing

@testable import GustSocketIO

@Suite struct TimerWheelTests {
    private let loop = EmbeddedEventLoop()

    @Test func `a timer fires within one tick after its deadline, never before`() {
        let wheel = TimerWheel(eventLoop: loop, tick: .milliseconds(10))
        var fired = 0
        let timer = TimerWheel.Timer { fired += 1 }
        wheel.arm(timer, at: loop.now + .milliseconds(300))
        loop.advanceTime(by: .milliseconds(299))
        #expect(fired == 0)
        loop.advanceTime(by: .milliseconds(21))
        #expect(fired == 1)
        #expect(!timer.isArmed)
    }

    @Test func `a timer beyond one turn of the wheel fires in the turn of its deadline`() {
        let wheel = TimerWheel(eventLoop: loop, tick: .milliseconds(10))
        var fired = 0
        let timer = TimerWheel.Timer { fired += 1 }
        wheel.arm(timer, at: loop.now + .seconds(25))
        loop.advanceTime(by: .milliseconds(24_990))
        #expect(fired == 0)
        loop.advanceTime(by: .milliseconds(30))
        #expect(fired == 1)
    }

    @Test(arguments: [(1_000, 1_500), (1_000, 25_000), (25_000, 26_000), (1_000, 11_240)])
    func `a postponed timer fires at its new deadline only`(first: Int64, second: Int64) {
        let wheel = TimerWheel(eventLoop: loop, tick: .milliseconds(10))
        var fired = 0
        let timer = TimerWheel.Timer { fired += 1 }
        let start = loop.now
        wheel.arm(timer, at: start + .milliseconds(first))
        loop.advanceTime(by: .milliseconds(500))
        wheel.arm(timer, at: start + .milliseconds(second))
        loop.advanceTime(to: start + .milliseconds(second - 10))
        #expect(fired == 0)
        loop.advanceTime(to: start + .milliseconds(second + 20))
        #expect(fired == 1)
        #expect(!timer.isArmed)
    }

    @Test func `a postponed timer can be moved to an earlier deadline`() {
        let wheel = TimerWheel(eventLoop: loop, tick: .milliseconds(10))
        var fired = 0
        let timer = TimerWheel.Timer { fired += 1 }
        let start = loop.now
        wheel.arm(timer, at: start + .seconds(1))
        wheel.arm(timer, at: start + .seconds(20))
        wheel.arm(timer, at: start + .seconds(2))
        loop.advanceTime(to: start + .milliseconds(1_990))
        #expect(fired == 0)
        loop.advanceTime(to: start + .milliseconds(2_020))
        #expect(fired == 1)
    }

    @Test func `a disarmed timer doesn't fire, and its neighbours still do`() {
        let wheel = TimerWheel(eventLoop: loop)
        var fired: [Int] = []
        let timers = (0..<3).map { number in TimerWheel.Timer { fired.append(number) } }
        for timer in timers { wheel.arm(timer, at: loop.now + .seconds(1)) }
        wheel.disarm(timers[0])
        loop.advanceTime(by: .seconds(2))
        #expect(fired.sorted() == [1, 2])
    }

    @Test(arguments: [false, true])
    func `slots give the memory of timers back that have fired or were disarmed`(disarms: Bool) {
        let wheel = TimerWheel(eventLoop: loop)
        let timers = (0..<100).map { _ in TimerWheel.Timer() }
        // In each turn, the timers are in another slot.
        for seconds in 1...20 as ClosedRange<Int64> {
            for timer in timers { wheel.arm(timer, at: loop.now + .milliseconds(seconds * 100)) }
            if disarms { for timer in timers.dropFirst() { wheel.disarm(timer) } }
            loop.advanceTime(by: .seconds(5))
        }
        #expect(wheel.capacity < 200)
    }

    @Test func `a timer that stays in its slot for another turn fires, after the slot has given memory back`() {
        let wheel = TimerWheel(eventLoop: loop, tick: .milliseconds(10))
        var fired = 0
        // A turn takes 10.24 s, so both deadlines have the same slot.
        let late = TimerWheel.Timer { fired += 1 }
        wheel.arm(late, at: loop.now + .milliseconds(11_240))
        let early = (0..<100).map { _ in TimerWheel.Timer { fired += 1 } }
        for timer in early { wheel.arm(timer, at: loop.now + .seconds(1)) }
        loop.advanceTime(by: .milliseconds(1_020))
        #expect(fired == 100)
        #expect(wheel.capacity < 10)
        loop.advanceTime(by: .milliseconds(10_240))
        #expect(fired == 101)
    }

    @Test func `a timer that arms itself again fires again`() {
        let wheel = TimerWheel(eventLoop: loop)
        var fired = 0
        let timer = TimerWheel.Timer()
        timer.action = { [unowned timer] in
            fired += 1
            if fired < 3 { wheel.arm(timer, at: loop.now + .seconds(1)) }
        }
        wheel.arm(timer, at: loop.now + .seconds(1))
        loop.advanceTime(by: .seconds(10))
        #expect(fired == 3)
    }

    @Test func `an action may disarm a timer that is due in the same tick`() {
        let wheel = TimerWheel(eventLoop: loop)
        var fired: [String] = []
        let second = TimerWheel.Timer { fired.append("second") }
        let first = TimerWheel.Timer {
            fired.append("first")
            wheel.disarm(second)
        }
        wheel.arm(first, at: loop.now + .seconds(1))
        wheel.arm(second, at: loop.now + .seconds(1))
        loop.advanceTime(by: .seconds(2))
        #expect(fired == ["first"])
    }

    @Test func `a timer that is armed for a time before the next tick fires at its time`() {
        let wheel = TimerWheel(eventLoop: loop, tick: .milliseconds(10))
        var fired: [String] = []
        let late = TimerWheel.Timer { fired.append("late") }
        let early = TimerWheel.Timer { fired.append("early") }
        wheel.arm(late, at: loop.now + .milliseconds(85))
        loop.advanceTime(by: .milliseconds(31))
        wheel.arm(early, at: loop.now + .milliseconds(20))
        loop.advanceTime(by: .milliseconds(19))
        #expect(fired.isEmpty)
        loop.advanceTime(by: .milliseconds(11))
        #expect(fired == ["early"])
        loop.advanceTime(by: .milliseconds(100))
        #expect(fired == ["early", "late"])
    }

    @Test func `the loop runs a wheel when a timer is due, and otherwise ten times a second`() {
        let wheel = TimerWheel(eventLoop: loop, tick: .milliseconds(10))
        let start = loop.now
        let timers = [TimerWheel.Timer(), TimerWheel.Timer()]
        wheel.arm(timers[0], at: start + .seconds(9))
        #expect(wheel.nextTick == start + .milliseconds(100))
        wheel.arm(timers[1], at: start + .milliseconds(33))
        #expect(wheel.nextTick == start + .milliseconds(40))
        loop.advanceTime(by: .milliseconds(40))
        #expect(wheel.nextTick == start + .milliseconds(140))
    }

    @Test func `timers that needn't be exact are due together if there are many`() {
        let wheel = TimerWheel(eventLoop: loop)
        let start = loop.now
        #expect(wheel.commonTime(for: start + .milliseconds(1)) == start + .milliseconds(1))
        let timers = (0..<2_000).map { _ in TimerWheel.Timer() }
        for timer in timers { wheel.arm(timer, at: start + .seconds(25)) }
        for (deadline, common) in [(0, 0), (1, 50), (50, 50), (51, 100)] as [(Int64, Int64)] {
            #expect(wheel.commonTime(for: start + .milliseconds(deadline)) == start + .milliseconds(common))
        }
    }

    @Test func `an empty wheel schedules no task, and works after a pause`() throws {
        let wheel = TimerWheel(eventLoop: loop)
        let timer = TimerWheel.Timer()
        wheel.arm(timer, at: loop.now + .seconds(1))
        wheel.disarm(timer)
        loop.advanceTime(by: .seconds(1))
        // The wheel must not look for a timer that is armed much later in a slot of the past.
        var fired = false
        let late = TimerWheel.Timer { fired = true }
        loop.advanceTime(by: .seconds(3_600))
        wheel.arm(late, at: loop.now + .milliseconds(50))
        loop.advanceTime(by: .milliseconds(80))
        #expect(fired)
    }
}
