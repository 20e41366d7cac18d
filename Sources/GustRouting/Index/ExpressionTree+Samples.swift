/// Generation of texts that an expression matches.
extension ExpressionTree {
    /// Some different texts that the expression may match; the caller must check them by matching.
    ///
    /// An alternative with an element of which no example is known yields no text.
    var samples: [String] {
        var samples: [String] = []
        for variant in 0..<6 {
            guard let sample = sample(variant), !samples.contains(sample) else { continue }
            samples.append(sample)
        }
        return samples
    }

    /// The text number `variant`; nil if there is none.
    func sample(_ variant: Int) -> String? {
        guard !alternatives.isEmpty else { return nil }
        var text = ""
        for item in alternatives[variant % alternatives.count] {
            // Variant 0 leaves optional items out; the other variants repeat them up to twice.
            let times = variant == 0 ? item.least : min(item.most ?? .max, max(item.least, variant % 3))
            guard times < 100 else { return nil }
            for _ in 0..<times {
                switch item.element {
                case .character(let character): text.unicodeScalars.append(character)
                case .oneOf(let examples):
                    guard !examples.isEmpty else { return nil }
                    text.unicodeScalars.append(examples[variant % examples.count])
                case .nothing: break
                case .group(_, let tree):
                    guard let inner = tree.sample(variant) else { return nil }
                    text += inner
                case .unknown: return nil
                }
            }
        }
        return text
    }
}
