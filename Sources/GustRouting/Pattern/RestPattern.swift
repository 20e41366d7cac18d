import GustHTTP

/// A pattern that is literal text and a capture of the rest of the path, as those of mounts and Socket.IO endpoints are.
///
/// Such a pattern is matched without its regular expression: `/app(?P<rest>/.*)`, and `/app(?P<rest>(?:/.*)?)`, whose rest may be empty.
struct RestPattern: Sendable {
    private let literal: [UInt8]
    private let mayBeEmpty: Bool

    /// Reads an expression; nil if it is another one.
    init?(_ tree: ExpressionTree?) {
        guard let tree, tree.alternatives.count == 1, let last = tree.alternatives[0].last,
            case .group(number: 1, _) = last.element, last.least == 1, last.most == 1
        else { return nil }
        var literal = String.UnicodeScalarView()
        for item in tree.alternatives[0].dropLast() {
            guard case .character(let character) = item.element, item.least == 1, item.most == 1 else { return nil }
            literal.append(character)
        }
        // bytes: an expression of our own. Behind the group's name is what it captures.
        guard let end = last.text.firstIndex(of: ">") else { return nil }
        switch last.text[last.text.index(after: end)...] {
        case "/.*)": mayBeEmpty = false
        case "(?:/.*)?)": mayBeEmpty = true
        default: return nil
        }
        self.literal = Array(String(literal).utf8)
    }

    /// The offset at which the rest of a path begins; nil if the pattern doesn't match the path.
    func start(in path: UnsafeRawBufferPointer) -> Int? {
        let count = literal.count
        guard literal.withUnsafeBytes({ path.hasBytePrefix($0) }) else { return nil }
        guard path.count > count else { return mayBeEmpty ? count : nil }
        // A point of an expression doesn't match the end of a line.
        return path[count] == UInt8(ascii: "/") && path.offset(of: 0x0A, from: count) == nil ? count : nil
    }
}
