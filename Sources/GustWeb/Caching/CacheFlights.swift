import NIOCore
import Synchronization

/// The URLs whose responses are being made, and the requests that wait for these responses.
///
/// May be used from any thread.
final class CacheFlights: Sendable {
    private struct State {
        /// The requests that wait, by the URL of the response that is being made.
        var waiting: [CacheKey: [Waiter]] = [:]
        /// Until when requests of a URL don't wait, because its last response wasn't stored.
        var unstored: [CacheKey: NIODeadline] = [:]
    }

    /// The request whose response the others wait for.
    ///
    /// They stop waiting at the latest when nothing refers to this object, because no response has been made.
    final class Leader: Sendable {
        private let flights: CacheFlights
        private let key: CacheKey
        private let hasEnded = Atomic(false)

        init(_ flights: CacheFlights, _ key: CacheKey) {
            self.flights = flights
            self.key = key
        }

        deinit { end(isStored: true, at: .now()) }

        /// The response has been made; called on any thread.
        func end(isStored: Bool, at now: NIODeadline) {
            if !hasEnded.exchange(true, ordering: .relaxed) { flights.end(key, isStored: isStored, at: now) }
        }
    }

    /// What a request that the cache can't answer does.
    enum Role {
        /// It makes the response for all.
        case leader(Leader)
        /// It waits for the response.
        case follower(Waiter)
        /// It makes a response for itself.
        case single
    }

    private static let maximumWaiting = 1_000
    private static let maximumUnstored = 1_000
    /// How long requests don't wait for a response that isn't stored.
    private static let pause = TimeAmount.seconds(60)

    private let state = Mutex(State())

    func role(_ key: CacheKey, at now: NIODeadline) -> Role {
        state.withLock { state in
            if let end = state.unstored[key] {
                guard end <= now else { return .single }
                state.unstored[key] = nil
            }
            guard let waiting = state.waiting[key] else {
                state.waiting[key] = []
                return .leader(Leader(self, key))
            }
            guard waiting.count < Self.maximumWaiting else { return .single }
            let waiter = Waiter()
            state.waiting[key]?.append(waiter)
            return .follower(waiter)
        }
    }

    private func end(_ key: CacheKey, isStored: Bool, at now: NIODeadline) {
        let waiting = state.withLock { state in
            let waiting = state.waiting.removeValue(forKey: key) ?? []
            // If nobody has waited, nobody has waited in vain.
            if !isStored, !waiting.isEmpty {
                if state.unstored.count >= Self.maximumUnstored { state.unstored = [:] }
                state.unstored[key] = now + Self.pause
            }
            return waiting
        }
        for waiter in waiting { waiter.end(.turn) }
    }
}
