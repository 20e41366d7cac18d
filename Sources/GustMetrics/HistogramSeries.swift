import CoreMetrics
import Synchronization

/// A histogram: how many values are in each bucket, and their sum.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    /// A counter in memory of its own; an array can't hold atomic values.
    private final class Bucket: Sendable {
        let count = Atomic<Int>(0)
    }

    private let bounds: [Double]
    /// The same bounds in nanoseconds, so that a time costs no division.
    private let nanosecondBounds: [Int64]
    /// A bucket for each bound, and one for greater values.
    private let buckets: [Bucket]
    private let sum = AtomicDouble()
    private let nanosecondSum = Atomic<Int64>(0)

    /// Makes a histogram with the upper bounds of its buckets, from the smallest.
    init(_ bounds: [Double]) {
        self.bounds = bounds
        nanosecondBounds = bounds.map { Int64(exactly: ($0 * 1e9).rounded()) ?? .max }
        buckets = (0...bounds.count).map { _ in Bucket() }
    }

    func record(_ value: Int64) { record(Double(value)) }

    /// Adds a value; NaN is ignored.
    func record(_ value: Double) {
        guard !value.isNaN else { return }
        count(bounds.firstIndex { value <= $0 })
        sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) {
        count(nanosecondBounds.firstIndex { duration <= $0 })
        nanosecondSum.wrappingAdd(duration, ordering: .relaxed)
    }

    private func count(_ index: Int?) {
        buckets[index ?? bounds.count].count.wrappingAdd(1, ordering: .relaxed)
    }

    var samples: [MetricSample] {
        // Each counter is read once, so that the last bucket is equal to the count.
        var total = 0
        var samples: [MetricSample] = []
        for (bucket, bound) in zip(buckets, bounds + [.infinity]) {
            total += bucket.count.load(ordering: .relaxed)
            samples.append(MetricSample(suffix: "_bucket", bound: bound, value: Double(total)))
        }
        let sum = self.sum.value + Double(nanosecondSum.load(ordering: .relaxed)) / 1e9
        samples.append(MetricSample(suffix: "_sum", value: sum))
        samples.append(MetricSample(suffix: "_count", value: Double(total)))
        return samples
    }
}
