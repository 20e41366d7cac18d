/// Text of header fields, compared and cut by bytes: letters of ASCII fold, nothing else does (RFC 9110 §5.6.2).
///
/// `String` compares by canonical equivalence and cuts by grapheme, so that text of a peer could be taken for a token
/// that it isn't, or hide a separator.
enum FieldText {
    /// Whether `text` is `token`, without regard to the case of ASCII letters.
    static func equals(_ text: some Sequence<UInt8>, _ token: StaticString) -> Bool {
        token.withUTF8Buffer { token in
            var index = 0
            for byte in text {
                guard index < token.count, lowercase(byte) == lowercase(token[index]) else { return false }
                index += 1
            }
            return index == token.count
        }
    }

    /// Whether `text` begins with `prefix`, without regard to the case of ASCII letters.
    static func begins(_ text: some Collection<UInt8>, with prefix: StaticString) -> Bool {
        equals(text.prefix(prefix.utf8CodeUnitCount), prefix)
    }

    /// Whether both are the same bytes.
    static func isSame(_ first: some Sequence<UInt8>, _ second: some Sequence<UInt8>) -> Bool {
        first.elementsEqual(second)
    }

    /// The elements of a list with commas between them, without blanks at their ends (RFC 9110 §5.6.1); empty ones are
    /// left out.
    static func elements(_ list: Substring.UTF8View, separator: UInt8 = UInt8(ascii: ",")) -> [Substring.UTF8View] {
        list.split(separator: separator).map(trimmed).filter { !$0.isEmpty }
    }

    /// `text` without spaces and tabs at both ends.
    static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
