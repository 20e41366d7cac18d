import GustHTTP

/// Names of metrics and labels in the grammar of Prometheus.
enum MetricName {
    /// The name of the family of a metric: letters and digits of ASCII, `_` and `:`, with `_` for each other byte.
    static func family(_ label: String, _ kind: MetricFamily.Kind) -> String {
        let name = sanitised(label, allowsColon: true)
        // bytes: ASCII after sanitising
        return kind == .counter && name.hasSuffix("_total") && name.utf8.count > 6 ? String(name.dropLast(6)) : name
    }

    /// The name of a label: as that of a family, but without `:`, and without `__` in front, which Prometheus reserves.
    static func label(_ name: String, _ kind: MetricFamily.Kind) -> String {
        let name = sanitised(name, allowsColon: false)
        let isReserved = name.utf8.starts(with: "__".utf8) || (kind == .histogram && name.hasSameBytes(as: "le"))
        return isReserved ? "label_" + name : name
    }

    private static func sanitised(_ text: String, allowsColon: Bool) -> String {
        var bytes = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): byte
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case UInt8(ascii: ":") where allowsColon: byte
            default: UInt8(ascii: "_")
            }
        }
        let isDigit = bytes.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? true
        if isDigit { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
