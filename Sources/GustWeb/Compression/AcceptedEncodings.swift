import GustHTTP

/// Which content codings a client takes (RFC 9110 §12.5.3).
package struct AcceptedEncodings: Sendable, Hashable {
    private var weights: [String: Double] = [:]
    private let isAbsent: Bool

    /// Reads an `Accept-Encoding` field.
    ///
    /// Without one only the identity is sent: the client takes anything, but has nothing to gain from it.
    package init(_ field: String?) {
        isAbsent = field == nil
        guard let field, field.utf8.count <= 1_024 else { return }
        for element in field.split(separator: ",") {
            let parts = element.split(separator: ";")
            guard let name = parts.first?.trimmingSpaces().lowercased(), !name.isEmpty else { continue }
            var weight = 1.0
            for parameter in parts.dropFirst() {
                let pair = parameter.trimmingSpaces().lowercased().split(separator: "=", maxSplits: 1)
                if pair.count == 2, pair[0] == "q" { weight = Double(pair[1]).map { min(max($0, 0), 1) } ?? 0 }
            }
            // x-gzip is gzip (RFC 9110 §8.4.1.3).
            weights[name == "x-gzip" ? "gzip" : name] = weight
        }
    }

    /// How much the client wants `coding`, 0 to 1; 0 means that it must not be sent.
    package func weight(of coding: String) -> Double {
        if isAbsent { return coding == "identity" ? 1 : 0 }
        if let weight = weights[coding] { return weight }
        if let weight = weights["*"] { return weight }
        // What isn't listed isn't wanted, but the identity needs no mention.
        return coding == "identity" ? 0.000_1 : 0
    }

    /// The coding among `available`, in the server's order of preference, that the client wants most; nil for identity.
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
