import GustSocketIO
import NIOCore
import Testing

@testable import GustDashboard

/// Rates of the counters of a server.
@Suite struct RateTests {
    private func statistics(_ packetsIn: Int, _ bytesOut: Int) -> SocketIOStatistics {
        var statistics = SocketIO().statistics
        statistics.packetsIn = packetsIn
        statistics.bytesOut = bytesOut
        return statistics
    }

    @Test func `rates are differences in the time that has passed`() {
        var meter = RateMeter()
        #expect(meter.measure(statistics(10, 0), at: .uptimeNanoseconds(0)) == nil)
        let rates = meter.measure(statistics(40, 1_000), at: .uptimeNanoseconds(2_000_000_000))
        #expect(rates == Rates(packetsIn: 15, bytesOut: 500))
    }

    @Test func `there is no rate while no time passes`() {
        var meter = RateMeter()
        _ = meter.measure(statistics(10, 0), at: .uptimeNanoseconds(5))
        #expect(meter.measure(statistics(20, 0), at: .uptimeNanoseconds(5)) == nil)
        #expect(meter.measure(statistics(20, 0), at: .uptimeNanoseconds(1_000_000_005)) == Rates(packetsIn: 10))
    }
}
