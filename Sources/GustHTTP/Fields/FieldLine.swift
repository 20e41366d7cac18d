package import HTTPTypes

/// One line of a head: a field's name and value (RFC 9112 §5).
///
/// It refers to the memory of the head, so it is used only while that memory is borrowed.
package struct FieldLine {
    package let name: UnsafeRawBufferPointer
    /// The value without the blanks around it.
    package let value: UnsafeRawBufferPointer

    /// Makes a line of its two parts.
    package init(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        self.name = name
        self.value = value
    }

    /// Splits a line, which has no CR LF; nil if it has no colon.
    package init?(_ line: UnsafeRawBufferPointer) {
        guard let colon = line.offset(of: UInt8(ascii: ":")) else { return nil }
        self.init(line, colon: colon)
    }

    /// Splits a line, which has no CR LF, at its first colon.
    package init(_ line: UnsafeRawBufferPointer, colon: Int) {
        var start = colon + 1
        var end = line.count
        while start < end, line[start].isBlank { start += 1 }
        while end > start, line[end - 1].isBlank { end -= 1 }
        name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        value = UnsafeRawBufferPointer(rebasing: line[start..<end])
    }

    /// Calls `body` for each line of `lines`, which end with CR LF, until it returns `false`.
    static func forEach(in lines: UnsafeRawBufferPointer, _ body: (FieldLine) -> Bool) {
        var start = 0
        while let end = lines.offset(of: 0x0D, from: start) {
            guard let line = FieldLine(UnsafeRawBufferPointer(rebasing: lines[start..<end])), body(line) else { return }
            start = end + 2
        }
    }

    /// Whether the name is a token (RFC 9110 §5.1).
    package var hasValidName: Bool { !name.isEmpty && ASCIISet.token.end(in: name) == name.count }

    /// Whether the value has no control characters but tabs (RFC 9110 §5.5).
    package var hasValidValue: Bool {
        // All bytes are looked at, without a branch, so that the compiler compares many at once.
        var controls: UInt8 = 0
        for byte in value { controls |= byte < 0x20 && byte != 0x09 || byte == 0x7F ? 1 : 0 }
        return controls == 0
    }

    /// Whether the name, which is a token, is `lowercase`, ignoring the case of ASCII letters; `lowercase` has small letters, digits and
    /// hyphens only.
    package func isNamed(_ lowercase: StaticString) -> Bool {
        name.isToken(UnsafeRawBufferPointer(start: lowercase.utf8Start, count: lowercase.utf8CodeUnitCount))
    }

    /// The value as text; bytes that aren't UTF-8 are replaced.
    package var text: String { String(decoding: value, as: UTF8.self) }

    /// The field; nil if the name isn't a token.
    package var field: HTTPField? {
        guard let name = KnownFieldNames.name(for: name) ?? HTTPField.Name(String(decoding: name, as: UTF8.self)) else {
            return nil
        }
        return HTTPField(name: name, value: text)
    }
}

extension HTTPFields {
    /// Makes the fields of valid lines, each of which ends with CR LF.
    init(lines: UnsafeRawBufferPointer) {
        self.init()
        FieldLine.forEach(in: lines) { line in
            if let field = line.field { append(field) }
            return true
        }
    }
}
