import NIOCore
import Synchronization

/// Wakes up who waits for something to come from a server.
final class ArrivalSignal: Sendable {
    private struct State {
        var count = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// How often something has come.
    var count: Int { state.withLock { $0.count } }

    /// Something has come.
    func send() {
        wake { $0.count += 1 }
    }

    /// Returns once something has come after the first `count`, and no later than after a tick of `eventLoop`: what isn't
    /// told to the client, such as a count of the server's, is looked at again then.
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
