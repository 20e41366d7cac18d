import GustHTTP

/// The labels of a series as text.
enum MetricLabels {
    /// The labels, ordered by name, such as `event="move",namespace="/"`; of several with one name the first.
    static func text(of dimensions: [(String, String)], _ kind: MetricFamily.Kind) -> String {
        var labels: [(name: ByteText, value: String)] = []
        for (name, value) in dimensions {
            let name = ByteText(MetricName.label(name, kind))
            if !labels.contains(where: { $0.name == name }) { labels.append((name, value)) }
        }
        labels.sort { $0.name < $1.name }
        return labels.map { "\($0.name)=\"\(escaped($0.value, quote: true))\"" }.joined(separator: ",")
    }

    /// A text with `\\`, `\n` and perhaps `\"` escaped.
    static func escaped(_ text: String, quote: Bool) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += Array(#"\\"#.utf8)
            case UInt8(ascii: "\n"): bytes += Array(#"\n"#.utf8)
            case UInt8(ascii: "\"") where quote: bytes += Array(#"\""#.utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
