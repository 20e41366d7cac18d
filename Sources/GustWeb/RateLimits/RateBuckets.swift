import GustHTTP
import NIOCore
import Synchronization

/// The keys of a ``RateLimit`` in a table of fixed size.
///
/// The value of a key is the time at which the key is unused again (GCRA). The table consists of sets of 16 places, and a key
/// belongs to one of the sets. Keys are hashed with a secret, so that nobody can choose keys of one set. If no place of the set has
/// the key, the key replaces the one that is unused first, which may be unused already. May be used from any thread.
final class RateBuckets: Sendable {
    /// How often something may happen, in nanoseconds.
    struct Rate {
        /// The time from one to the next at the limit.
        let interval: Int
        /// How far ahead of the present the time of a key may be.
        let tolerance: Int

        /// About ten years; a greater period has no other effect.
        private static let longest = Duration.seconds(1 << 28)

        init(_ count: Int, per period: Duration, burst: Int) {
            let nanoseconds = TimeAmount(min(max(period, .zero), Self.longest)).nanoseconds
            interval = max(1, Int(nanoseconds) / max(1, count))
            let (tolerance, isTooLarge) = interval.multipliedReportingOverflow(by: max(1, burst))
            self.tolerance = isTooLarge ? 1 << 61 : min(tolerance, 1 << 61)
        }
    }

    /// One place of the table.
    private struct Place {
        /// The hash of the key; two keys with the same hash count together, which happens once in 2^64.
        var hash = 0
        /// When the key is unused again.
        var unused = 0
    }

    private static let setSize = 16

    private let rate: Rate
    private let seed = UInt64.random(in: 0 ... .max)
    private let now: @Sendable () -> Int
    private let setCount: Int
    private let places: Mutex<[Place]>

    init(_ rate: Rate, maximumKeys: Int, now: @escaping @Sendable () -> Int) {
        self.rate = rate
        self.now = now
        setCount = max(1, (maximumKeys + Self.setSize - 1) / Self.setSize)
        places = Mutex(Array(repeating: Place(), count: setCount * Self.setSize))
    }

    /// The time of a clock in nanoseconds, from an arbitrary beginning; nil stands for the clock of the event loops.
    static func time(of clock: (any Clock<Duration>)?) -> @Sendable () -> Int {
        guard let clock else { return { Int(truncatingIfNeeded: NIODeadline.now().uptimeNanoseconds) } }
        return elapsed(clock)
    }

    private static func elapsed<Time: Clock<Duration>>(_ clock: Time) -> @Sendable () -> Int {
        let start = clock.now
        return { Int(TimeAmount(start.duration(to: clock.now)).nanoseconds) }
    }

    func take(_ key: String) -> RateLimitDecision {
        let hash = hash(key)
        let first = Int(UInt(bitPattern: hash) % UInt(setCount)) * Self.setSize
        let now = now()
        return places.withLock { places in
            places.withUnsafeMutableBufferPointer { places in
                let set = first..<first + Self.setSize
                var place = first
                for index in set {
                    if places[index].hash == hash {
                        place = index
                        break
                    }
                    if places[index].unused < places[place].unused { place = index }
                }
                let begin = places[place].hash == hash ? max(places[place].unused, now) : now
                let next = begin + rate.interval
                guard next - rate.tolerance <= now else {
                    return .refused(retryAfter: .nanoseconds(next - rate.tolerance - now))
                }
                places[place] = Place(hash: hash, unused: next)
                return .allowed(remaining: (rate.tolerance - (next - now)) / rate.interval)
            }
        }
    }

    private func hash(_ key: String) -> Int {
        var hasher = Hasher()
        // The hasher has a secret of the process; this one stays random if an environment variable makes that one fixed.
        hasher.combine(seed)
        hasher.combine(ByteText(key))
        return hasher.finalize()
    }
}
