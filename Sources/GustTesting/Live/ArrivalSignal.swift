import NIOCore
import Synchronization

/// Resumes tasks that wait until something is received from a server.
final class ArrivalSignal: Sendable {
    private struct State {
        var count = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// How many times something has been received.
    var count: Int { state.withLock { $0.count } }

    /// Counts one arrival and resumes the waiting tasks.
    func send() {
        wake { $0.count += 1 }
    }

    /// Suspends until more than `count` arrivals have been counted, but at most 2 milliseconds.
    ///
    /// The limit lets the caller check conditions again that don't depend on arrivals, such as the
    /// server's number of connections.
    func wait(after count: Int, _ eventLoop: any EventLoop) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.count == count { state.waiting.append(continuation) }
                return state.count != count
            }
            guard !isThere else { return continuation.resume() }
            eventLoop.scheduleTask(in: .milliseconds(2)) { self.wake() }
        }
    }

    private func wake(_ change: (inout State) -> Void = { _ in }) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
