#if Configuration
import GustHTTP

/// A file with lines `NAME=value`, usually called `.env`.
///
/// Blank lines and lines that begin with `#` are left out, and so is `export` before a name. A value ends at the end of the line or before ` #`.
/// In double quotes, `\n`, `\t`, `\"`, `\\` and `\$` are escapes; between single quotes each character stands for itself. A value has one line,
/// and variables in it aren't replaced.
enum EnvironmentFile {
    /// The variables of the text, with their lines, and the mistakes.
    static func parse(_ text: String, path: String) -> (variables: [(name: String, SettingEntry)], [SettingMistake]) {
        var variables: [(name: String, SettingEntry)] = []
        var mistakes: [SettingMistake] = []
        for (index, line) in text.pieces(on: 0x0A).enumerated() {
            let place = "\(path):\(index + 1)"
            do throws(SettingMistake) {
                guard let (name, value) = try variable(in: line, place) else { continue }
                guard !variables.contains(where: { $0.name.hasSameBytes(as: name) }) else {
                    throw SettingMistake(place, "\(name) is set twice in this file")
                }
                variables.append((name, SettingEntry(content: .text(value), place: place)))
            } catch {
                mistakes.append(error)
            }
        }
        return (variables, mistakes)
    }

    private static func variable(
        in line: Substring,
        _ place: String
    ) throws(SettingMistake) -> (name: String, value: String)? {
        var line = line
        if line.utf8.last == 0x0D { line = Substring(line.utf8.dropLast()) }
        line = line.trimmingSpaces()
        guard let first = line.utf8.first, first != UInt8(ascii: "#") else { return nil }
        for keyword in ["export ", "export\t"] where line.hasBytePrefix(keyword) {
            line = Substring(line.utf8.dropFirst(keyword.utf8.count)).trimmingSpaces()
        }
        guard let (name, value) = line.parted(at: UInt8(ascii: "=")), isName(name) else {
            throw SettingMistake(place, "expected NAME=value")
        }
        return (String(name), try unquoted(value.trimmingSpaces(), place))
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
        }
    }

    private static func unquoted(_ text: Substring, _ place: String) throws(SettingMistake) -> String {
        let quote = text.utf8.first
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return String(withoutComment(text)) }
        var value: [UInt8] = []
        var bytes = text.utf8.dropFirst()
        while let byte = bytes.popFirst() {
            if byte == quote {
                let rest = Substring(bytes).trimmingSpaces()
                guard rest.utf8.isEmpty || rest.utf8.first == UInt8(ascii: "#") else {
                    throw SettingMistake(place, "there is text behind the closing quote")
                }
                return String(decoding: value, as: UTF8.self)
            }
            guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), let escaped = bytes.popFirst() else {
                value.append(byte)
                continue
            }
            switch escaped {
            case UInt8(ascii: "n"): value.append(0x0A)
            case UInt8(ascii: "t"): value.append(0x09)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): value.append(escaped)
            default: value += [byte, escaped]
            }
        }
        throw SettingMistake(place, "the closing quote is missing")
    }

    /// The text before ` #`.
    private static func withoutComment(_ text: Substring) -> Substring {
        var previous = UInt8(ascii: " ")
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if byte == UInt8(ascii: "#"), previous.isBlank { return text[..<index].trimmingSpaces() }
            previous = byte
        }
        return text
    }
}
#endif
