import NIOCore
import Synchronization

/// Compares the load of the process with ``SocketIOSettings/LoadLimits``.
final class LoadGauge: Sendable {
    private struct Reading {
        var isShort = false
        var expiry = NIODeadline.uptimeNanoseconds(0)
    }

    private let limits: SocketIOSettings.LoadLimits
    private let maximumLag: TimeAmount?
    private let reading = Mutex(Reading())

    init(_ limits: SocketIOSettings.LoadLimits) {
        self.limits = limits
        maximumLag = limits.maximumLag.map { TimeAmount($0) }
    }

    /// How long a reading of the memory is used.
    private static let readingTime = TimeAmount.seconds(1)

    /// The limit that prevents a further connection on this loop; nil if there is none.
    ///
    /// Called on the loop.
    func reachedBound(on shard: LoopShard) -> RefusedConnections.Bound? {
        if let maximumLag, shard.timers.lag > maximumLag { return .lag }
        guard let maximumMemory = limits.maximumMemory else { return nil }
        let now = shard.eventLoop.now
        let isShort = reading.withLock { reading in
            if now >= reading.expiry {
                reading = Reading(isShort: limits.memory() ?? 0 > maximumMemory, expiry: now + Self.readingTime)
            }
            return reading.isShort
        }
        return isShort ? .memory : nil
    }
}
