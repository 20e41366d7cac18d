import GustHTTP

/// A metric with all its series.
struct MetricFamily: Sendable {
    /// The kinds of metrics; the raw values are the words of the formats.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// The name; that of a counter without `_total`.
    let name: String
    let kind: Kind
    /// The text that explains the metric; nil if there is none.
    let help: String?
    /// The series by the text of their labels.
    var series: [ByteText: any MetricSeries]

    /// The names that no other family may have or use for its samples.
    var sampleNames: [String] {
        switch kind {
        case .counter: ["", "_total", "_created"].map { name + $0 }
        case .gauge: [name]
        case .histogram: ["", "_bucket", "_sum", "_count", "_created"].map { name + $0 }
        }
    }

    /// The unit at the end of the name (OpenMetrics 1.0.0, "Unit"); nil if there is none.
    var unit: String? { ["seconds", "bytes"].first { name.hasSuffix("_\($0)") } }  // bytes: ASCII after sanitising
}
