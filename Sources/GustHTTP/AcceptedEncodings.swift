/// The content codings that a client accepts (RFC 9110 §12.5.3).
package struct AcceptedEncodings: Sendable, Hashable {
    private var weights: [ByteText: Double] = [:]
    private let isAbsent: Bool

    /// Parses an `Accept-Encoding` field.
    ///
    /// Without the field, only the identity is sent: RFC 9110 allows any coding then, but the client may support none.
    package init(_ field: String?) {
        isAbsent = field == nil
        guard let field, field.utf8.count <= 1_024 else { return }
        for element in field.listElements() {
            let parts = element.listElements(separator: UInt8(ascii: ";"))
            guard let first = parts.first else { continue }
            let name = ByteText(lowercasingASCII: first)
            var weight = 1.0
            for parameter in parts.dropFirst() {
                guard let (name, value) = parameter.parted(at: UInt8(ascii: "=")) else { continue }
                if name.trimmingSpaces().equalsIgnoringASCIICase("q") { weight = Self.weight(value.trimmingSpaces()) }
            }
            // x-gzip is gzip (RFC 9110 §8.4.1.3).
            weights[name == "x-gzip" ? "gzip" : name] = weight
        }
    }

    /// Parses a weight of digits and a point (RFC 9110 §12.4.2); 0 for any other text, also for other forms that
    /// `Double` accepts.
    private static func weight(_ text: Substring) -> Double {
        let isDecimal = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        return isDecimal ? Double(text).map { min(max($0, 0), 1) } ?? 0 : 0
    }

    /// The client's weight for `coding`, from 0 to 1; 0 means that `coding` must not be sent.
    package func weight(of coding: String) -> Double {
        if isAbsent { return coding == "identity" ? 1 : 0 }  // bytes: our own constants
        if let weight = weights[ByteText(coding)] { return weight }
        if let weight = weights["*"] { return weight }
        // A coding that isn't listed isn't acceptable, except the identity.
        return coding == "identity" ? 0.000_1 : 0  // bytes: our own constants
    }

    /// The coding with the highest weight among `available`; nil if the identity has a higher weight or no coding is
    /// accepted.
    ///
    /// `available` is in the server's order of preference, which decides between equal weights.
    package func preferred(among available: [String]) -> String? {
        var best: (coding: String, weight: Double)?
        for coding in available {
            let weight = weight(of: coding)
            if weight > best?.weight ?? 0 { best = (coding, weight) }
        }
        guard let best, best.weight >= self.weight(of: "identity") else { return nil }
        return best.coding
    }
}
