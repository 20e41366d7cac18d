import GustHTTP

/// What a `Range` field asks of a body of known length (RFC 9110 §14).
package enum ByteRanges: Sendable, Hashable {
    /// The field is absent, malformed, of another unit or abusive: the whole body is sent.
    case whole
    /// These parts, in the order asked for; none empty.
    case parts([Range<Int>])
    /// Well formed, but no part lies within the body: 416.
    case unsatisfiable

    /// The most ranges answered; more are ignored, so that a field can't ask for the same bytes many times.
    package static let maximumParts = 16

    /// Reads `bytes=0-99,200-,-50` for a body of `length` bytes.
    ///
    /// Ranges that together are longer than the body are ignored as abusive (RFC 9110 §14.2 leaves that to servers).
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
                // An overlong last position means the end, so nothing is added to it before it is cut.
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

    /// A position in a file.
    ///
    /// `.some(nil)` if left out, nil if it isn't one. One that is too long for `Int` is as good as `Int.max`.
    private static func number(_ digits: Substring) -> Int?? {
        if digits.isEmpty { return .some(nil) }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return .some(Int(digits) ?? .max)
    }
}
