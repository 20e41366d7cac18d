import GustSocketIO
import NIOCore

/// What a server has received and sent in a second, on average between two observations.
struct Rates: Encodable, Equatable {
    var packetsIn = 0.0
    var packetsOut = 0.0
    var bytesIn = 0.0
    var bytesOut = 0.0
    /// Connections opened in a second.
    var opened = 0.0
}

/// Makes rates of the counters of a server, which only grow.
struct RateMeter {
    private var last: (statistics: SocketIOStatistics, time: NIODeadline)?

    /// The rates since the call before; nil at the first call, and if no time has passed.
    mutating func measure(_ statistics: SocketIOStatistics, at time: NIODeadline) -> Rates? {
        guard let (before, start) = last else {
            last = (statistics, time)
            return nil
        }
        let seconds = Double((time - start).nanoseconds) / 1e9
        guard seconds > 0 else { return nil }
        last = (statistics, time)
        func rate(_ count: (SocketIOStatistics) -> Int) -> Double {
            Double(count(statistics) - count(before)) / seconds
        }
        return Rates(
            packetsIn: rate(\.packetsIn),
            packetsOut: rate(\.packetsOut),
            bytesIn: rate(\.bytesIn),
            bytesOut: rate(\.bytesOut),
            opened: rate(\.total)
        )
    }
}
