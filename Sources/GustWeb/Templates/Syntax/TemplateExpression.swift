/// The inside of a tag: the path of a value, or a call of a helper.
struct TemplateExpression: Sendable {
    /// The kinds of expression.
    enum Kind: Sendable {
        case path(TemplatePath)
        case call(TemplateCall)
    }

    let kind: Kind
    /// The text by which a section is closed.
    let name: String
    let place: TemplatePlace
}

/// The path of a value, such as `user.name`.
struct TemplatePath: Sendable {
    /// The beginning of a path.
    enum Start: Sendable {
        /// The innermost value that has the first name.
        case anywhere
        /// `.name`: the current value only.
        case current
        /// `@first`, `@last` and `@index`: the place of the current element in its list.
        case position(Position)
    }

    /// The place of an element in a list.
    enum Position: String, Sendable {
        case first = "@first"
        case last = "@last"
        case index = "@index"
    }

    let start: Start
    let names: [String]

    /// Reads a path; nil if the text isn't one.
    init?(_ text: String) {
        if let position = Position(rawValue: text) {
            start = .position(position)
            names = []
            return
        }
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: ".") {
            start = .current
            rest = rest.dropFirst()
        } else {
            start = .anywhere
        }
        let isDot = text.utf8.count == 1 && rest.isEmpty
        let names = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard isDot || names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isNameByte) }) else { return nil }
        self.names = isDot ? [] : names.map { String(Substring($0)) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && !"{}()\"'=@#^/!<>$&%".utf8.contains(byte)
    }
}
