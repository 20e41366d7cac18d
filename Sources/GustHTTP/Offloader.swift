import Dispatch

/// Runs blocking work on threads that aren't those of event loops.
///
/// A server has one with a bounded number of threads; without a server the global dispatch queue stands in.
package protocol Offloader: Sendable {
    /// Calls `work` on another thread, with true; with false, on any thread, if there is no room for it.
    func run(_ work: @escaping @Sendable (_ hasRoom: Bool) -> Void)
}

/// Runs work on the global dispatch queue.
struct DispatchOffloader: Offloader {
    func run(_ work: @escaping @Sendable (_ hasRoom: Bool) -> Void) {
        DispatchQueue.global().async { work(true) }
    }
}
