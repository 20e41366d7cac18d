import GustHTTP

/// The tags `{{url name key=value}}` of all templates of a library.
///
/// The engine has no functions with several arguments. So such a tag is replaced before the engine reads the template: by a mark, the values
/// as ordinary tags, each with a mark behind it, and a mark at the end. After the page has been rendered, the text between the marks is
/// replaced by the URL. The mark is a secret that no value can contain.
struct TemplateLinks: Sendable {
    private let mark = RandomText.make(24)
    private var tags: [TemplateLink] = []
    /// The names of the routes in the tags of each template.
    private(set) var names: [String: [String]] = [:]  // bytes: names of our own templates

    /// The source of a template with its tags replaced.
    ///
    /// A template that changes the delimiters has no such tags.
    mutating func replaceTags(
        in source: String,
        of template: String,
        file: String
    ) throws(TemplateError) -> String {
        guard source.utf8.contains("url".utf8), !source.utf8.contains("{{=".utf8) else { return source }
        var replaced = ""
        var rest = source[...]
        while let opening = rest.utf8.firstRange(of: "{{".utf8) {
            replaced += rest[..<opening.lowerBound]
            let inside = rest[opening.upperBound...]
            guard let closing = inside.utf8.firstRange(of: "}}".utf8),
                TemplateLink.isLink(inside[..<closing.lowerBound])
            else {
                replaced += "{{"
                rest = inside
                continue
            }
            do throws(TemplateLink.Mistake) {
                let tag = try TemplateLink(inside[..<closing.lowerBound])
                replaced += text(of: tag)
                names[template, default: []].append(tag.name)
                tags.append(tag)
            } catch {
                throw TemplateError(.malformed, Self.message(error, in: source, at: opening.lowerBound, file: file))
            }
            rest = inside[closing.upperBound...]
        }
        return replaced + rest
    }

    /// The rendered page with the URL of each tag, escaped for HTML.
    ///
    /// `page` is the page as the engine has rendered it; `url` builds the path of a route from values of its captures.
    func fill(
        _ page: String,
        _ url: (_ name: String, _ values: [String: String]) throws -> String
    ) rethrows -> String {
        guard !tags.isEmpty else { return page }
        var pieces = page.pieces(aroundBytes: mark)[...]
        guard var filled = pieces.popFirst().map({ String($0) }) else { return page }
        while let head = pieces.popFirst(), let number = Int(head), tags.indices.contains(number) {
            let tag = tags[number]
            var values: [String: String] = [:]  // bytes: names of captures in our own patterns
            for argument in tag.arguments {
                switch argument.value {
                case .text(let text): values[argument.capture] = text
                case .variable:
                    let value = ScalarEscaping.unescape(pieces.popFirst() ?? "")
                    // The engine renders a missing value as empty text. No capture of a URL is empty on purpose.
                    if !value.isEmpty { values[argument.capture] = value }
                }
            }
            filled += ScalarEscaping().escapeText(try url(tag.name, values))
            filled += pieces.popFirst() ?? ""
        }
        return filled
    }

    /// The text that the engine reads in place of a tag.
    private func text(of tag: TemplateLink) -> String {
        var text = "\(mark)\(tags.count)\(mark)"
        for case .variable(let path) in tag.arguments.map(\.value) { text += "{{\(path)}}\(mark)" }
        return text
    }

    private static func message(
        _ mistake: TemplateLink.Mistake,
        in source: String,
        at index: String.Index,
        file: String
    ) -> String {
        let before = source[..<index].pieces(on: UInt8(ascii: "\n"))
        let line = source[(before.last?.startIndex ?? source.startIndex)...].utf8.prefix { $0 != UInt8(ascii: "\n") }
        let column = before.last.map { $0.count } ?? 0
        let tag = Substring(source[index...].utf8.prefix { $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "\n") })
        return """
            \(file):\(before.count):\(column + 1): \(mistake.reason)
            \(Substring(line))
            \(String(repeating: " ", count: column))\(String(repeating: "^", count: tag.count + 2))
            """
    }
}

extension String {
    /// The parts of this text between the occurrences of `mark`.
    fileprivate func pieces(aroundBytes mark: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = self[...]
        while let range = rest.utf8.firstRange(of: mark.utf8) {
            pieces.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return pieces + [rest]
    }
}
