import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// The stored responses of a ``ResponseCache``, at most a number of them and of bytes.
///
/// If there is no room, a response that has expired or hasn't been used since the last visit is removed ("second chance"): a hand goes
/// around over all responses. May be used from any thread.
final class CacheStore: Sendable {
    private struct Entry {
        let key: CacheKey
        let response: CachedResponse
        var wasUsed = false

        var size: Int { response.size + key.count }
    }

    private struct State {
        /// The numbers of the responses of a key, one for each combination of the fields of `Vary`.
        var numbers: [CacheKey: [Int]] = [:]
        var entries: [Entry?] = []
        var free: [Int] = []
        var size = 0
        var hand = 0
    }

    /// The greatest number of responses with one key.
    private static let maximumVariants = 16

    private let maximumCount: Int
    private let maximumSize: Int
    private let state = Mutex(State())

    init(maximumCount: Int, maximumSize: Int) {
        self.maximumCount = max(1, maximumCount)
        self.maximumSize = max(0, maximumSize)
    }

    /// The number of responses and of bytes.
    var fill: (count: Int, size: Int) {
        state.withLock { ($0.entries.count - $0.free.count, $0.size) }
    }

    /// The stored response that answers the request, unless it is stale.
    func find(_ key: CacheKey, _ request: Request, _ control: CacheControl, withCookie: Bool) -> CachedResponse? {
        let (now, headers) = (request.eventLoop.now, request.headers)
        return state.withLock { state in
            guard let numbers = state.numbers[key] else { return nil }
            for number in numbers {
                guard let response = state.entries[number]?.response, response.matches(headers),
                    response.satisfies(control, at: now), response.isPublic || !withCookie
                else { continue }
                state.entries[number]?.wasUsed = true
                return response
            }
            return nil
        }
    }

    /// Stores a response in place of the one that it replaces.
    func add(_ response: CachedResponse, _ key: CacheKey, at now: NIODeadline) {
        let entry = Entry(key: key, response: response)
        guard entry.size <= maximumSize else { return }
        state.withLock { state in
            for number in state.numbers[key] ?? [] {
                if state.entries[number]?.response.isReplaced(by: response) == true { Self.remove(number, &state) }
            }
            if let numbers = state.numbers[key], numbers.count >= Self.maximumVariants {
                Self.remove(numbers[0], &state)
            }
            while state.size + entry.size > maximumSize || state.entries.count - state.free.count >= maximumCount {
                makeRoom(&state, now)
            }
            let number: Int
            if let free = state.free.popLast() {
                number = free
                state.entries[number] = entry
            } else {
                number = state.entries.count
                state.entries.append(entry)
            }
            state.numbers[key, default: []].append(number)
            state.size += entry.size
        }
    }

    /// Removes the responses of a key; nil stands for all keys.
    func remove(_ key: CacheKey?) {
        state.withLock { state in
            guard let key else { return state = State() }
            for number in state.numbers[key] ?? [] { Self.remove(number, &state) }
        }
    }

    /// Moves the hand to the next response that may be removed, and removes it; there is at least one response.
    private func makeRoom(_ state: inout State, _ now: NIODeadline) {
        while true {
            if state.hand >= state.entries.count { state.hand = 0 }
            let number = state.hand
            state.hand += 1
            guard let entry = state.entries[number] else { continue }
            guard entry.wasUsed, entry.response.isFresh(at: now) else { return Self.remove(number, &state) }
            state.entries[number]?.wasUsed = false
        }
    }

    private static func remove(_ number: Int, _ state: inout State) {
        guard let entry = state.entries[number] else { return }
        state.entries[number] = nil
        state.free.append(number)
        state.size -= entry.size
        let rest = state.numbers[entry.key]?.filter { $0 != number } ?? []
        state.numbers[entry.key] = rest.isEmpty ? nil : rest
    }
}
