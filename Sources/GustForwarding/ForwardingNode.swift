import GustHTTP
import NIOCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What all forwarded requests of one node share.
final class ForwardingNode: Sendable {
    let keys: ForwardingKeys
    let proof: ForwardingProof
    /// The tag of this node.
    let tag: String
    let connectTimeout: TimeAmount
    let problems: ReportedProblems
    /// The time in milliseconds since 1970.
    let now: @Sendable () -> Int
    private let current = Atomic<Int>(0)
    private let total = Atomic<Int>(0)
    private let failures = Atomic<Int>(0)

    init(
        _ keys: ForwardingKeys,
        _ problems: ReportedProblems,
        connectTimeout: TimeAmount,
        now: @escaping @Sendable () -> Int = ForwardingNode.systemTime
    ) {
        self.keys = keys
        proof = ForwardingProof(key: keys.requests)
        tag = keys.makeTag()
        self.problems = problems
        self.connectTimeout = connectTimeout
        self.now = now
    }

    /// How many requests and upgraded connections are being forwarded.
    var currentCount: Int { current.load(ordering: .relaxed) }
    /// How many have been forwarded.
    var totalCount: Int { total.load(ordering: .relaxed) }
    /// How many failed because of the other node.
    var failureCount: Int { failures.load(ordering: .relaxed) }

    func began() {
        current.wrappingAdd(1, ordering: .relaxed)
        total.wrappingAdd(1, ordering: .relaxed)
    }

    /// Counts an upgraded connection, whose handshake ``began()`` has counted.
    func goesOn() { current.wrappingAdd(1, ordering: .relaxed) }

    func ended() { current.wrappingSubtract(1, ordering: .relaxed) }

    func failed() { failures.wrappingAdd(1, ordering: .relaxed) }

    /// The time of the system's clock.
    static let systemTime: @Sendable () -> Int = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
