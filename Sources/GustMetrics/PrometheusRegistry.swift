public import CoreMetrics
public import GustHTTP
import Synchronization

/// Keeps the metrics of swift-metrics in memory, and answers scrapes of Prometheus with them.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// MetricsSystem.bootstrap(registry)
/// app.get("/metrics", use: registry.handler)
/// ```
///
/// Counters are counters, whose names end in `_total`; `Meter` and `Gauge` are gauges; `Timer` is a histogram in seconds, and `Recorder`
/// a histogram. Labels and names of dimensions are sanitised to the grammar of Prometheus: other characters become `_`. A metric
/// is a family of series, one for each combination of dimensions.
///
/// The number of series is bounded (``Settings/maximumSeriesCount``). A series beyond it, and a metric whose name belongs to a metric of
/// another kind, is discarded, and counted in `prometheus_registry_discarded_series_total`. Values may be recorded from any thread;
/// recording one takes no lock. Source: Prometheus, text format 0.0.4; OpenMetrics 1.0.0.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// The settings of a registry.
    public struct Settings: Sendable {
        /// The upper bounds of the buckets of timers, in seconds, from the smallest.
        public var durationBuckets: [Double] = [
            0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        ]
        /// The upper bounds of the buckets of recorders whose names end in `_bytes`, from the smallest.
        public var byteBuckets: [Double] = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]
        /// The upper bounds of the buckets of other recorders, from the smallest.
        public var valueBuckets: [Double] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]
        /// The upper bounds of the buckets of single metrics, by their labels in swift-metrics; they replace the other ones.
        public var buckets: [String: [Double]] = [:]  // bytes: names in our own code
        /// The texts that explain metrics, by their labels in swift-metrics.
        public var help: [String: String] = [:]  // bytes: names in our own code
        /// How many series are kept; a histogram counts as one.
        public var maximumSeriesCount = 10_000

        /// Makes settings with the default values.
        public init() {}
    }

    private struct State {
        var families: [ByteText: MetricFamily] = [:]
        /// The names of samples, by which a family can't be confused with another one.
        var reserved: [ByteText: ByteText] = [:]
        var seriesCount = 0
    }

    private let settings: Settings
    private let state = Mutex(State())
    private let discarded = CounterSeries()
    private static let discardedName = "prometheus_registry_discarded_series"

    /// Makes an empty registry.
    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        let key = ByteText(Self.discardedName)
        let help = "Series that were discarded because of the bound or of a conflict of names."
        let family = MetricFamily(name: Self.discardedName, kind: .counter, help: help, series: ["": discarded])
        state.withLock { state in
            state.families[key] = family
            for name in family.sampleNames { state.reserved[ByteText(name)] = key }
        }
    }

    /// The handler of the route that Prometheus scrapes.
    ///
    /// It answers in the text format 0.0.4, or in OpenMetrics 1.0.0 if `Accept` prefers that. The response has a line for each series, and
    /// is made on the loop of the connection. Who may read it is up to the application: put the route behind authentication, or on a
    /// listener of its own.
    public var handler: any Handler { MetricsEndpoint(registry: self) }

    /// How many series there are.
    public var seriesCount: Int { state.withLock { $0.seriesCount } }

    /// All families, ordered by their names.
    var families: [MetricFamily] {
        state.withLock { Array($0.families.values) }.sorted { ByteText($0.name) < ByteText($1.name) }
    }

    /// The buckets of a histogram, without duplicates, in order.
    func buckets(of label: String, _ standard: KeyPath<Settings, [Double]>) -> [Double] {
        Set(settings.buckets[label] ?? settings[keyPath: standard]).filter(\.isFinite).sorted()
    }

    /// The series of a metric, which is made if there is none; nil if the series is discarded.
    func series<Series: MetricSeries>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: MetricFamily.Kind,
        _ make: () -> Series
    ) -> Series? {
        let name = MetricName.family(label, kind)
        let key = ByteText(name)
        let labels = ByteText(MetricLabels.text(of: dimensions, kind))
        let found = state.withLock { state -> Series? in
            var family =
                state.families[key] ?? MetricFamily(name: name, kind: kind, help: settings.help[label], series: [:])
            if let series = family.series[labels] { return series as? Series }
            guard family.kind == kind, state.seriesCount < settings.maximumSeriesCount else { return nil }
            if family.series.isEmpty {
                let names = family.sampleNames.map { ByteText($0) }
                guard names.allSatisfy({ state.reserved[$0] ?? key == key }) else { return nil }
                for name in names { state.reserved[name] = key }
            }
            let series = make()
            family.series[labels] = series
            state.families[key] = family
            state.seriesCount += 1
            return series
        }
        if found == nil { discarded.increment(by: Int64(1)) }
        return found
    }

    /// Removes a series; does nothing if it isn't in the registry.
    func remove(_ series: AnyObject) {
        state.withLock { state in
            for (key, family) in state.families {
                guard let labels = family.series.first(where: { $0.value === series })?.key else { continue }
                state.families[key]?.series[labels] = nil
                state.seriesCount -= 1
                guard family.series.count == 1 else { return }
                state.families[key] = nil
                for name in family.sampleNames { state.reserved[ByteText(name)] = nil }
                return
            }
        }
    }
}
