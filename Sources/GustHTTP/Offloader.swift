import Dispatch

/// Runs blocking work on threads that aren't threads of event loops.
///
/// A server's offloader has a bounded number of threads. Without a server, the global dispatch queue is used.
package protocol Offloader: Sendable {
    /// Calls `work` with `true` on another thread; if too much work waits, calls it with `false` on any thread.
    func run(_ work: @escaping @Sendable (_ hasRoom: Bool) -> Void)
}

/// Runs work on the global dispatch queue.
struct DispatchOffloader: Offloader {
    func run(_ work: @escaping @Sendable (_ hasRoom: Bool) -> Void) {
        DispatchQueue.global().async { work(true) }
    }
}
