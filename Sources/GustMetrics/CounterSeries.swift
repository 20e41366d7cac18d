import CoreMetrics
import Synchronization

/// A counter, which only grows.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    private let whole = Atomic<Int64>(0)
    private let fraction = AtomicDouble()

    /// Adds; a negative amount is ignored, and the counter stops at the greatest integer.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        let (before, after) = whole.wrappingAdd(amount, ordering: .relaxed)
        if after < before { whole.store(.max, ordering: .relaxed) }
    }

    /// Adds; a negative amount is ignored, and one that isn't a finite number.
    func increment(by amount: Double) {
        if amount > 0, amount.isFinite { fraction.add(amount) }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.value = 0
    }

    var samples: [MetricSample] {
        [MetricSample(suffix: "_total", value: Double(whole.load(ordering: .relaxed)) + fraction.value)]
    }
}
