import GustHTTP

/// A call of a helper: `{{name "text" value key=value}}`.
struct TemplateCall: Sendable {
    /// An argument.
    enum Argument: Sendable {
        /// A text in quotation marks.
        case text(String)
        case integer(Int)
        /// The path of a value.
        case path(TemplatePath, text: String)
    }

    /// The reason why a call can't be read.
    struct Mistake: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    let function: TemplateFunction
    let name: String
    let arguments: [Argument]
    let named: [(key: String, value: Argument)]

    /// The name of the route to which `url` links; nil for other helpers.
    var route: String? {
        guard case .url = function else { return nil }
        return arguments.first?.routeName
    }

    /// Reads the text behind the name of the helper.
    init(_ function: TemplateFunction, _ name: String, _ text: Substring.UTF8View) throws(Mistake) {
        self.function = function
        self.name = name
        var arguments: [Argument] = []
        var named: [(key: String, value: Argument)] = []
        var rest = text
        while true {
            rest = rest.drop(while: \.isTemplateSpace)
            guard let first = rest.first else { break }
            if first == UInt8(ascii: "\"") {
                arguments.append(.text(try Self.quoted(&rest)))
                continue
            }
            let word = rest.prefix { !$0.isTemplateSpace && $0 != UInt8(ascii: "=") }
            rest = rest.dropFirst(word.count)
            guard rest.first == UInt8(ascii: "=") else {
                arguments.append(try Self.argument(Substring(word)))
                continue
            }
            rest = rest.dropFirst()
            guard !word.isEmpty else { throw Mistake("a name is missing before =") }
            if rest.first == UInt8(ascii: "\"") {
                named.append((String(Substring(word)), .text(try Self.quoted(&rest))))
            } else {
                let value = rest.prefix { !$0.isTemplateSpace }
                rest = rest.dropFirst(value.count)
                named.append((String(Substring(word)), try Self.argument(Substring(value))))
            }
        }
        self.arguments = arguments
        self.named = named
        if let reason = function.mistake(in: self) { throw Mistake(reason) }
    }

    private static func quoted(_ rest: inout Substring.UTF8View) throws(Mistake) -> String {
        let text = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
        guard rest.dropFirst(text.count + 1).first == UInt8(ascii: "\"") else {
            throw Mistake("a quotation mark is missing")
        }
        rest = rest.dropFirst(text.count + 2)
        return String(Substring(text))
    }

    private static func argument(_ word: Substring) throws(Mistake) -> Argument {
        if let number = Int(word) { return .integer(number) }
        guard let path = TemplatePath(String(word)) else {
            throw Mistake("\"\(word)\" isn't a value: write a name, a number, or a text in quotation marks")
        }
        return .path(path, text: String(word))
    }
}

extension UInt8 {
    /// Whether this byte separates the words of a tag.
    var isTemplateSpace: Bool { isBlank || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}
