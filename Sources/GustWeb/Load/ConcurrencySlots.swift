import NIOCore
import Synchronization

/// The places of a ``ConcurrencyLimit``, and the requests that wait for one, in the order of their arrival.
///
/// May be used from any thread.
final class ConcurrencySlots: Sendable {
    private struct State {
        var free: Int
        var waiting: [Waiter] = []
    }

    /// A place of one request, which is left once, at the latest when nothing refers to this object.
    ///
    /// So a place is left even if the response is never sent, because the client has disconnected or an outer middleware has replaced it.
    final class Slot: Sendable {
        private let slots: ConcurrencySlots
        private let hasLeft = Atomic(false)

        init(_ slots: ConcurrencySlots) {
            self.slots = slots
        }

        deinit { leave() }

        func leave() {
            if !hasLeft.exchange(true, ordering: .relaxed) { slots.leave() }
        }
    }

    private let maximumWaiting: Int
    private let state: Mutex<State>

    init(_ count: Int, maximumWaiting: Int) {
        self.maximumWaiting = maximumWaiting
        state = Mutex(State(free: max(1, count)))
    }

    /// The number of requests that wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Takes a place if one is free and nobody waits for it.
    func enter() -> Bool {
        state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    /// Gives a place to the first request that waits, or makes it free.
    func leave() {
        var isGiven = false
        while !isGiven {
            let first = state.withLock { state -> Waiter? in
                guard !state.waiting.isEmpty else {
                    state.free += 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            guard let first else { return }
            // A request whose waiting has just ended otherwise doesn't take the place.
            isGiven = first.end(.turn)
        }
    }

    /// Waits for a place.
    ///
    /// - Returns: Whether the request has a place; `false` if too many wait already, at the deadline, and if the client disconnects.
    func wait(atMost time: Duration, on eventLoop: any EventLoop) async -> Bool {
        let waiter = Waiter()
        let hasRoom = state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                waiter.end(.turn)
                return true
            }
            guard state.waiting.count < maximumWaiting else { return false }
            state.waiting.append(waiter)
            return true
        }
        guard hasRoom else { return false }
        if await waiter.wait(atMost: time, on: eventLoop) == .turn { return true }
        state.withLock { state in state.waiting.removeAll { $0 === waiter } }
        return false
    }
}
