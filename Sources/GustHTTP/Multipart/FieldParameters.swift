/// A field's value with parameters, such as `form-data; name="a"; filename="b.txt"` (RFC 9110 §5.6.6).
///
/// Values that two readers could understand differently are refused: repeated parameters, text after a closing quote, and
/// quotes that aren't closed.
struct FieldParameters {
    /// The text before the first semicolon, in lower case.
    let value: String
    private var parameters: [ByteText: String] = [:]

    /// Reads a field's value; nil if the value is malformed.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text).utf8[...]
        value = Self.text(Self.take(&rest, until: UInt8(ascii: ";"))).lowercasedASCII()
        while !rest.isEmpty {
            rest.removeFirst()
            rest = rest.drop(while: Self.isBlank)
            // Empty parameters are ignored, because some clients end the list with a semicolon.
            if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
            let name = Self.text(rest.prefix { $0.isTokenCharacter })
            rest = rest.dropFirst(name.utf8.count)
            guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "="), let value = Self.takeValue(&rest) else {
                return nil
            }
            guard parameters.updateValue(value, forKey: ByteText(lowercasingASCII: name)) == nil else { return nil }
        }
    }

    /// The parameter whose name in lower case is `name`; nil if there is none.
    subscript(name: ByteText) -> String? { parameters[name] }

    private static func takeValue(_ rest: inout Substring.UTF8View) -> String? {
        guard rest.first == UInt8(ascii: "\"") else {
            let value = take(&rest, until: UInt8(ascii: ";"))
            return value.contains(UInt8(ascii: "\"")) ? nil : text(value)
        }
        rest.removeFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                rest = rest.drop(while: isBlank)
                return rest.isEmpty || rest.first == UInt8(ascii: ";") ? String(decoding: value, as: UTF8.self) : nil
            // A backslash escapes only a quote or a backslash. Browsers don't escape backslashes, and old browsers send
            // whole paths with backslashes.
            case UInt8(ascii: "\\") where rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "\\"):
                value.append(rest.removeFirst())
            default:
                value.append(byte)
            }
        }
        return nil
    }

    private static func take(_ rest: inout Substring.UTF8View, until end: UInt8) -> Substring.UTF8View {
        let taken = rest.prefix { $0 != end }
        rest = rest[taken.endIndex...]
        return taken
    }

    private static func text(_ bytes: Substring.UTF8View) -> String {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
