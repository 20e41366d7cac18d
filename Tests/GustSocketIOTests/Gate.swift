import Synchronization

/// Suspends one caller of `wait()` until the test calls `open()`.
final class Gate: Sendable {
    private let waiting = Mutex<CheckedContinuation<Void, Never>?>(nil)
    func wait() async {
        await withCheckedContinuation { continuation in waiting.withLock { $0 = continuation } }
    }
    func open() { waiting.withLock { $0.take() }?.resume() }
}
