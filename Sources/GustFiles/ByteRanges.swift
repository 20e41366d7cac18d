import GustHTTP

/// The parts of a body of known length that a `Range` field requests (RFC 9110 §14).
package enum ByteRanges: Sendable, Hashable {
    /// The whole body is sent, because the field is absent, malformed, abusive or in another unit.
    case whole
    /// These parts are sent, in the requested order; none of them is empty.
    case parts([Range<Int>])
    /// The field is well formed, but no part lies within the body: the response is 416.
    case unsatisfiable

    /// The most ranges that are accepted; a field with more ranges is ignored, so that it can't request the same bytes
    /// many times.
    package static let maximumParts = 16

    /// Parses a field such as `bytes=0-99,200-,-50` for a body of `length` bytes.
    ///
    /// If the ranges together are longer than the body, the field is ignored as abusive, which RFC 9110 §14.2 allows.
    package init(_ field: String, length: Int) {
        guard field.utf8.count <= 1_024, let (unit, set) = field[...].parted(at: UInt8(ascii: "=")),
            unit.equalsIgnoringASCIICase("bytes")
        else {
            self = .whole
            return
        }
        var parts: [Range<Int>] = []
        let specifications = set.listElements()
        guard !specifications.isEmpty, specifications.count <= Self.maximumParts else {
            self = .whole
            return
        }
        for specification in specifications {
            let bounds = specification.pieces(on: UInt8(ascii: "-"))
            guard bounds.count == 2, let first = Self.number(bounds[0]), let last = Self.number(bounds[1]) else {
                self = .whole
                return
            }
            switch (first, last) {
            case (.some(let first), .some(let last)) where first > last:
                self = .whole
                return
            case (.some(let first), let last):
                // A last position beyond the end means the end; it is reduced before 1 is added, so that the addition
                // can't overflow.
                if first < length { parts.append(first..<min(last ?? length - 1, length - 1) + 1) }
            case (nil, .some(let suffix)):
                if suffix > 0, length > 0 { parts.append(max(0, length - suffix)..<length) }
            case (nil, nil):
                self = .whole
                return
            }
        }
        if parts.isEmpty {
            self = .unsatisfiable
        } else if parts.reduce(0, { $0 + $1.count }) > length {
            self = .whole
        } else {
            self = .parts(parts)
        }
    }

    /// Parses a position.
    ///
    /// `.some(nil)` if the position is left out, nil if `digits` has other characters. A position too large for `Int`
    /// becomes `Int.max`.
    private static func number(_ digits: Substring) -> Int?? {
        if digits.isEmpty { return .some(nil) }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return .some(Int(digits) ?? .max)
    }
}
