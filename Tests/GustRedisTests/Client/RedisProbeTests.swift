#if Redis
import Testing

@testable import GustRedis

@Suite struct RedisProbeTests {
    @Test func `nothing is probed before the channel is subscribed`() {
        var probe = RedisProbe()
        #expect(probe.tick() == .none)
        probe.begin()
        #expect(probe.tick() == .publish(1))
        probe.end()
        #expect(probe.tick() == .none)
    }

    @Test func `after two intervals without a message the subscription is deaf`() {
        var probe = RedisProbe()
        probe.begin()
        _ = probe.tick()
        #expect(probe.accept(1, subscribers: 1) == .none)
        #expect(probe.tick() == .publish(2))
        #expect(probe.accept(2, subscribers: 1) == .none)
        #expect(probe.tick() == .deaf)
        #expect(probe.tick() == .none)
    }

    @Test func `a message in any interval shows that the subscription receives`() {
        var probe = RedisProbe()
        probe.begin()
        for number in 1...9 {
            #expect(probe.tick() == .publish(number))
            #expect(probe.accept(number, subscribers: 1) == .none)
            probe.receive()
        }
    }

    @Test func `a message that nobody receives, or that isn't accepted in time, shows a deaf subscription at once`() {
        var probe = RedisProbe()
        probe.begin()
        _ = probe.tick()
        #expect(probe.accept(1, subscribers: 0) == .deaf)
        probe.begin()
        _ = probe.tick()
        #expect(probe.timeOut(2) == .deaf)
        probe.begin()
        _ = probe.tick()
        probe.receive()
        #expect(probe.timeOut(3) == .none)
    }
}
#endif
