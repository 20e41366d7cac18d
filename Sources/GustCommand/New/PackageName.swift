/// The name of a new package, which is also that of its executable and, with `_` for `-`, of its module.
struct PackageName {
    private static let maximumLength = 64
    /// Names of modules that the new package uses, or that Swift has, in lower case.
    private static let taken = [
        "gust", "swift", "foundation", "testing", "xctest", "nio", "niocore", "dispatch", "logging", "glibc", "darwin",
        "main", "test",
        "tests", "package", "build", "templates", "public", "sources",
    ]
    private static let keywords = [
        "actor", "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit",
        "do", "else", "enum",
        "extension", "fallthrough", "false", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal",
        "is", "let", "nil",
        "operator", "precedencegroup", "private", "protocol", "repeat", "return", "self", "static", "struct",
        "subscript", "super", "switch",
        "throw", "throws", "true", "try", "typealias", "var", "where", "while", "any", "some",
    ]

    let text: String

    /// The name in Swift.
    var module: String {
        String(decoding: text.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    /// Checks a name.
    ///
    /// - Throws: ``CommandError`` with the reason why SwiftPM or the compiler would refuse it.
    init(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first.isASCIILetter else {
            throw CommandError("a name begins with a letter from A to Z: \"\(text)\" doesn't")
        }
        guard bytes.count <= Self.maximumLength else {
            throw CommandError("a name has at most \(Self.maximumLength) characters")
        }
        guard bytes.allSatisfy({ $0.isASCIILetter || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D }) else {
            throw CommandError("a name has letters from A to Z, digits, - and _ only: \"\(text)\" has others")
        }
        let lower = String(decoding: bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        guard !Self.keywords.contains(lower) else { throw CommandError("\"\(text)\" is a word of Swift") }
        guard !Self.taken.contains(lower), !lower.utf8.starts(with: "gust".utf8) else {
            throw CommandError("\"\(text)\" is the name of something else that a build uses")
        }
        self.text = text
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool { (0x61...0x7A).contains(self | 0x20) }
}
