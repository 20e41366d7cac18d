import Foundation

extension World {
    /// Runs `body` on a thread of its own while the loop is busy, and returns when it has ended.
    func onAnotherThread(_ body: @escaping @Sendable () -> Void) {
        let end = DispatchSemaphore(value: 0)
        Thread {
            body()
            end.signal()
        }.start()
        end.wait()
    }
}
