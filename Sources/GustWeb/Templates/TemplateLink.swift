import GustHTTP

/// One tag `{{url name key=value}}`: the name of a route, and where the values of its captures come from.
struct TemplateLink: Sendable {
    /// A capture and its value.
    struct Argument: Sendable {
        let capture: String
        let value: Value
    }

    /// Where a value comes from.
    enum Value: Sendable {
        /// The text itself, `key="text"`.
        case text(String)
        /// A name that the engine looks up, `key=post.slug`.
        case variable(String)
    }

    /// The reason why a tag can't be read.
    struct Mistake: Error {
        let reason: String
    }

    let name: String
    let arguments: [Argument]

    /// Whether the text of a tag is `url` and more.
    static func isLink(_ tag: Substring) -> Bool {
        let tag = tag.utf8.drop(while: \.isBlank)
        guard tag.starts(with: "url".utf8) else { return false }
        let rest = tag.dropFirst(3)
        return rest.first?.isBlank == true && rest.contains { !$0.isBlank }
    }

    /// Reads the text of a tag between its braces.
    init(_ tag: Substring) throws(Mistake) {
        var rest = tag.utf8.drop(while: \.isBlank).dropFirst(3)
        var words: [(key: Substring?, value: Substring, isQuoted: Bool)] = []
        while true {
            rest = rest.drop(while: \.isBlank)
            guard !rest.isEmpty else { break }
            let word = rest.prefix { !$0.isBlank && $0 != UInt8(ascii: "=") }
            rest = rest.dropFirst(word.count)
            guard rest.first == UInt8(ascii: "=") else {
                words.append((nil, Substring(word), false))
                continue
            }
            rest = rest.dropFirst()
            let isQuoted = rest.first == UInt8(ascii: "\"")
            let value: Substring.UTF8View
            if isQuoted {
                value = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
                guard rest.dropFirst(value.count + 1).first == UInt8(ascii: "\"") else {
                    throw Mistake(reason: "a quotation mark is missing")
                }
                rest = rest.dropFirst(value.count + 2)
            } else {
                value = rest.prefix { !$0.isBlank }
                rest = rest.dropFirst(value.count)
            }
            words.append((Substring(word), Substring(value), isQuoted))
        }
        guard let first = words.first, first.key == nil else {
            throw Mistake(reason: "a tag for a URL is {{url name key=value}}: the name of the route comes first")
        }
        name = String(first.value)
        var arguments: [Argument] = []
        for (key, value, isQuoted) in words.dropFirst() {
            guard let key, !key.isEmpty, isQuoted || Self.isVariable(value) else {
                throw Mistake(
                    reason: "\"\(key.map { "\($0)=" } ?? "")\(value)\" isn't a value: write key=name or key=\"text\""
                )
            }
            arguments.append(
                Argument(capture: String(key), value: isQuoted ? .text(String(value)) : .variable(String(value)))
            )
        }
        self.arguments = arguments
    }

    /// Whether the engine reads the text as the name of a value; `.` is the current element of a list.
    private static func isVariable(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isLetterOrDigit || "._-".utf8.contains($0) }
    }
}
