#if Configuration
import GustHTTP

/// A whole number with a unit behind it, such as `30s` or `1MiB`.
struct UnitText {
    let number: Int
    let unit: Substring

    /// Reads digits and a unit, without a blank between them; nil if there are no digits, or too many.
    init?(_ text: String) {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, let number = Int(Substring(digits)) else { return nil }
        self.number = number
        unit = Substring(text.utf8[digits.endIndex...])
    }

    /// The number times the factor of its unit; nil if the unit isn't in the list, or if the product is too large.
    func product(_ units: [(name: String, factor: Int)]) -> Int? {
        guard let factor = units.first(where: { $0.name.hasSameBytes(as: unit) })?.factor else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    /// The shortest text of `value`: in the largest unit of which it is a multiple.
    static func text(_ value: Int, _ units: [(name: String, factor: Int)], zero: String) -> String {
        guard value != 0 else { return zero }
        let unit = units.filter { value % $0.factor == 0 }.max { $0.factor < $1.factor }
        return unit.map { "\(value / $0.factor)\($0.name)" } ?? "\(value)"
    }
}
#endif
