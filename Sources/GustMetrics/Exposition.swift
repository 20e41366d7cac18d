import GustHTTP
import NIOCore

/// Writes families of metrics as text.
struct Exposition {
    let format: ExpositionFormat
    private(set) var bytes = ByteBuffer()

    init(_ format: ExpositionFormat) {
        self.format = format
    }

    /// Adds a family: its metadata and its samples, ordered by their labels.
    mutating func add(_ family: MetricFamily) {
        // In the text format the metadata belong to the name of the samples, in OpenMetrics to that of the family.
        let name = format == .text && family.kind == .counter ? family.name + "_total" : family.name
        if let help = family.help {
            let text = MetricLabels.escaped(help, quote: format == .openMetrics)
            bytes.writeString("# HELP \(name) \(text)\n")
        }
        bytes.writeString("# TYPE \(name) \(family.kind.rawValue)\n")
        if format == .openMetrics, let unit = family.unit { bytes.writeString("# UNIT \(name) \(unit)\n") }
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            for sample in series.samples { add(sample, of: family, labels.string) }
        }
    }

    private mutating func add(_ sample: MetricSample, of family: MetricFamily, _ labels: String) {
        bytes.writeString(family.name)
        bytes.writeString(sample.suffix)
        let bound = sample.bound.map { "le=\"\(Self.text(of: $0, isBound: true))\"" }
        if bound != nil || !labels.isEmpty {
            bytes.writeString("{\(labels)\(bound != nil && !labels.isEmpty ? "," : "")\(bound ?? "")}")
        }
        bytes.writeString(" \(Self.text(of: sample.value, isBound: false))\n")
    }

    /// Ends the text.
    mutating func finish() {
        if format == .openMetrics { bytes.writeString("# EOF\n") }
    }

    /// A number; bounds always have a point or an exponent, so that a series keeps its name in both formats.
    private static func text(of number: Double, isBound: Bool) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "+Inf" : "-Inf" }
        if !isBound, let whole = Int64(exactly: number) { return String(whole) }
        return "\(number)"
    }
}
