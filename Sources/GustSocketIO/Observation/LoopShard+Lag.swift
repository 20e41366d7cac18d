import CoreMetrics
import NIOCore

/// Measuring how late the tasks of the loop run.
extension LoopShard {
    /// Records the longest lag of each second while the loop has timers; does nothing if it is recorded already.
    ///
    /// Called on the loop.
    func recordLag(_ timer: CoreMetrics.Timer) {
        guard !isRecordingLag else { return }
        isRecordingLag = true
        eventLoop.scheduleTask(in: .seconds(1)) { [weak self] in
            guard let self else { return }
            isRecordingLag = false
            // A wheel without timers doesn't tick; the next connection begins again.
            guard let lag = timers.takeLongestLag() else { return }
            timer.recordNanoseconds(lag.nanoseconds)
            recordLag(timer)
        }
    }
}
