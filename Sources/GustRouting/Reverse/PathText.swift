import GustHTTP

/// Percent-encoding of the parts of a path.
enum PathText {
    /// Encodes the value of a capture; `keepsSlashes` leaves its slashes as they are.
    static func encode(value: String, keepsSlashes: Bool) -> String {
        guard keepsSlashes else { return PercentEncoding.encodeSegment(value) }
        return value.pieces(on: UInt8(ascii: "/"))
            .map { PercentEncoding.encodeSegment(String($0)) }.joined(separator: "/")
    }

    /// Encodes literal text of a pattern, in which `%2F` and `%25` denote a slash and a percent sign inside a segment.
    static func encode(literal: String) -> String {
        guard literal.utf8.contains(UInt8(ascii: "%")) else { return encode(value: literal, keepsSlashes: true) }
        var encoded = ""
        var rest = literal[...]
        while let percent = rest.utf8.firstIndex(of: UInt8(ascii: "%")) {
            encoded += encode(value: String(rest[..<percent]), keepsSlashes: true)
            let escape = Substring(rest.utf8[percent...].prefix(3))
            encoded += escape
            rest = rest[escape.endIndex...]
        }
        return encoded + encode(value: String(rest), keepsSlashes: true)
    }
}
