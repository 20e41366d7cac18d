/// The content codings that a client accepts (RFC 9110 §12.5.3).
///
/// Each question reads the field again, which is short and costs less than a table of its elements.
package struct AcceptedEncodings: Sendable {
    /// nil without the field; empty if it is too long.
    private let field: String?

    /// The longest field, in bytes, that is read; a client with a longer one gets only the identity.
    private static let maximumLength = 1_024

    /// The codings of an `Accept-Encoding` field.
    ///
    /// Without the field, only the identity is sent: RFC 9110 allows any coding then, but the client may support none.
    package init(_ field: String?) {
        self.field = field.map { $0.utf8.count <= Self.maximumLength ? $0 : "" }
    }

    /// The client's weight for `coding`, which is in lower case, from 0 to 1; 0 means that `coding` must not be sent.
    package func weight(of coding: String) -> Double {
        let isIdentity = coding == "identity"  // bytes: our own constants
        guard var field else { return isIdentity ? 1 : 0 }
        var coding = coding
        let weight = field.withUTF8 { field in
            coding.withUTF8 { Self.weight(of: .init($0), orAnyIn: .init(field)) }
        }
        // A coding that isn't listed isn't acceptable, except the identity.
        return weight ?? (isIdentity ? 0.000_1 : 0)
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

    /// The weight of `coding`, or else that of `*`; nil if neither is listed.
    ///
    /// If a name is repeated, its last element counts.
    private static func weight(of coding: UnsafeRawBufferPointer, orAnyIn field: UnsafeRawBufferPointer) -> Double? {
        var weight: Double?
        var weightOfAny: Double?
        field.forEachListElement { place in
            let element = UnsafeRawBufferPointer(rebasing: field[place])
            let nameEnd = element.offset(of: UInt8(ascii: ";")) ?? element.count
            let name = UnsafeRawBufferPointer(rebasing: element[element.trimmed(0..<nameEnd)])
            if names(name, coding) {
                weight = self.weight(in: element[nameEnd...])
            } else if name.hasSameBytes(as: "*") {
                weightOfAny = self.weight(in: element[nameEnd...])
            }
        }
        return weight ?? weightOfAny
    }

    private static func names(_ name: UnsafeRawBufferPointer, _ coding: UnsafeRawBufferPointer) -> Bool {
        // x-gzip is gzip (RFC 9110 §8.4.1.3).
        let isOldGzip = name.count == 6 && name.equalsIgnoringASCIICase("x-gzip")
        return isOldGzip ? coding.hasSameBytes(as: "gzip") : name.isToken(coding)
    }

    /// The weight among the parameters of an element: 1 without a weight.
    private static func weight(in parameters: Slice<UnsafeRawBufferPointer>) -> Double {
        guard !parameters.isEmpty else { return 1 }
        var weight = 1.0
        for parameter in String(decoding: parameters, as: UTF8.self)[...].listElements(separator: UInt8(ascii: ";")) {
            guard let (name, value) = parameter.parted(at: UInt8(ascii: "=")) else { continue }
            if name.trimmingSpaces().equalsIgnoringASCIICase("q") { weight = self.weight(value.trimmingSpaces()) }
        }
        return weight
    }

    /// Parses a weight of digits and a point (RFC 9110 §12.4.2); 0 for any other text, also for other forms that
    /// `Double` accepts.
    private static func weight(_ text: Substring) -> Double {
        let isDecimal = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        return isDecimal ? Double(text).map { min(max($0, 0), 1) } ?? 0 : 0
    }
}
