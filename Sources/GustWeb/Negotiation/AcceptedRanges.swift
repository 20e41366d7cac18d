import GustHTTP

/// The ranges of `Accept` or `Accept-Language` with their weights (RFC 9110 §12.4, §12.5).
struct AcceptedRanges {
    /// The maximum length of a field that is read, in bytes; a longer one counts as absent.
    static let maximumLength = 4_096

    struct Range {
        /// The range in lower case, without parameters.
        let text: String
        let parameters: [Substring]
        let weight: Double
    }

    let ranges: [Range]

    /// Parses a field; nil if it is absent, empty or too long.
    init?(_ field: String?) {
        guard let field, field.utf8.count <= Self.maximumLength else { return nil }
        ranges = field.listElements().compactMap { element in
            let parts = element.listElements(separator: UInt8(ascii: ";"))
            guard let first = parts.first else { return nil }
            var weight = 1.0
            var parameters: [Substring] = []
            for parameter in parts.dropFirst() {
                if let (name, value) = parameter.parted(at: UInt8(ascii: "=")),
                    name.trimmingSpaces().equalsIgnoringASCIICase("q")
                {
                    weight = Self.weight(value.trimmingSpaces())
                    break
                }
                parameters.append(parameter)
            }
            return Range(text: first.lowercasedASCII(), parameters: parameters, weight: weight)
        }
        if ranges.isEmpty { return nil }
    }

    /// A weight of digits and a point, from 0 to 1; 0 for any other text.
    private static func weight(_ text: Substring) -> Double {
        let isDecimal = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        return isDecimal ? Double(text).map { min(max($0, 0), 1) } ?? 0 : 0
    }

    /// The candidate with the highest weight, of several the first, or nil if all have the weight 0.
    ///
    /// `specificity` says how closely a range fits a candidate, nil if not at all; the closest range gives the weight.
    func best(of candidates: [String], specificity: (Range, String) -> Int?) -> String? {
        var best: (candidate: String, weight: Double)?
        for candidate in candidates {
            let fitting = ranges.compactMap { range in specificity(range, candidate).map { (range.weight, $0) } }
            guard let closest = fitting.max(by: { $0.1 < $1.1 }) else { continue }
            if closest.0 > best?.weight ?? 0 { best = (candidate, closest.0) }
        }
        return best?.candidate
    }
}
