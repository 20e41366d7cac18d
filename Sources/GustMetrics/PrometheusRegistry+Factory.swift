public import CoreMetrics

/// The methods that swift-metrics calls.
extension PrometheusRegistry {
    /// Returns the counter of `label` and `dimensions`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter, CounterSeries.init) ?? NOOPMetricsHandler.instance
    }

    /// Returns the counter of `label` and `dimensions`.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter, CounterSeries.init) ?? DiscardingCounter()
    }

    /// Returns the gauge of `label` and `dimensions`.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge, GaugeSeries.init) ?? NOOPMetricsHandler.instance
    }

    /// Returns the histogram of `label` and `dimensions`, or the gauge if values aren't aggregated.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return series(label, dimensions, .gauge, GaugeSeries.init) ?? NOOPMetricsHandler.instance
        }
        // bytes: a name in our own code
        let isSize = label.hasSuffix("_bytes")
        let bounds = buckets(of: label, isSize ? \.byteBuckets : \.valueBuckets)
        return series(label, dimensions, .histogram) { HistogramSeries(bounds) } ?? NOOPMetricsHandler.instance
    }

    /// Returns the histogram, in seconds, of `label` and `dimensions`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let bounds = buckets(of: label, \.durationBuckets)
        return series(label, dimensions, .histogram) { HistogramSeries(bounds) } ?? NOOPMetricsHandler.instance
    }

    /// Removes a counter; later values of it are lost.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    /// Removes a counter; later values of it are lost.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }

    /// Removes a gauge; later values of it are lost.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    /// Removes a histogram or a gauge; later values of it are lost.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    /// Removes a histogram; later values of it are lost.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}

/// A counter whose values are discarded.
private final class DiscardingCounter: FloatingPointCounterHandler {
    func increment(by amount: Double) {}
    func reset() {}
}
