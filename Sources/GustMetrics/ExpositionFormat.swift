import GustHTTP

/// The formats in which metrics are answered.
enum ExpositionFormat: Sendable {
    /// The text format 0.0.4 of Prometheus.
    case text
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// The media type of the response.
    var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The greatest length of `Accept` that is read, in bytes.
    private static let maximumLength = 4_096

    /// The format that a client prefers: OpenMetrics if `Accept` names it with a weight that is at least that of the text format.
    init(accept: String?) {
        self = .text
        guard let accept, accept.utf8.count <= Self.maximumLength else { return }
        var openMetrics = 0.0
        var text = 0.0
        for element in accept.listElements() {
            let parts = element.listElements(separator: UInt8(ascii: ";"))
            guard let type = parts.first else { continue }
            let parameters = parts.dropFirst().compactMap { $0.parted(at: UInt8(ascii: "=")) }
            let weight = parameters.first { $0.before.trimmingSpaces().equalsIgnoringASCIICase("q") }
            let quality = weight.map { Double($0.behind.trimmingSpaces()) ?? 0 } ?? 1
            if type.equalsIgnoringASCIICase("application/openmetrics-text") {
                let version = parameters.first { $0.before.trimmingSpaces().equalsIgnoringASCIICase("version") }
                // A client that can't read version 1.0.0 gets the text format.
                guard version?.behind.trimmingSpaces().hasSameBytes(as: "1.0.0") ?? true else { continue }
                openMetrics = max(openMetrics, quality)
            } else if type.equalsIgnoringASCIICase("text/plain") {
                text = max(text, quality)
            }
        }
        if openMetrics > 0, openMetrics >= text { self = .openMetrics }
    }
}
