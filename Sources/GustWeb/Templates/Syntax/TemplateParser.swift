import GustHTTP

/// Reads Mustache, version 1.4 of its specification with inheritance and dynamic names, and calls of helpers.
struct TemplateParser {
    /// The opening tag of the part that is being read.
    private struct Opening {
        let name: String
        let place: TemplatePlace
        /// Whether the part is the inside of a parent's tag, where only blocks count.
        let isParent: Bool
        /// Whether the part is the definition of a block in a parent's tag.
        var isDefinition = false
    }

    private let source: TemplateSource
    private let functions: TemplateFunctions
    private var scanner: TemplateScanner
    private var position = 0
    /// The number of blanks to remove from each line, inside the definition of a block.
    private var dedent = 0
    private(set) var calls: [(call: TemplateCall, place: TemplatePlace)] = []
    private(set) var mentions: [(name: String, place: TemplatePlace)] = []

    init(_ source: TemplateSource, functions: TemplateFunctions) {
        self.source = source
        self.functions = functions
        scanner = TemplateScanner(source)
    }

    /// Reads the whole text.
    mutating func nodes() throws(TemplateError) -> [TemplateNode] { try nodes(inside: nil, depth: 0) }

    private mutating func nodes(inside opening: Opening?, depth: Int) throws(TemplateError) -> [TemplateNode] {
        if let opening, depth > 100 { throw opening.place.error(.recursion, "tags are nested more than 100 deep") }
        var nodes: [TemplateNode] = []
        while let tag = try scanner.next(from: position) {
            let line = LineAround(tag, in: source, from: position)
            let isParent = tag.sigil == UInt8(ascii: "<")
            // In a parent's tag, what is before the definition of a block doesn't count.
            let isDefinition = tag.sigil == UInt8(ascii: "$") && opening?.isParent == true
            let isAlone = line.isLast && (line.isFirst || isDefinition) && !Self.isInline(tag.sigil)
            let textEnd = isAlone || isParent ? line.start : tag.place.range.lowerBound
            // What is behind the end of a definition isn't a part of it.
            let isEnd = tag.sigil == UInt8(ascii: "/") && opening?.isDefinition == true
            append(position..<textEnd, isTagNext: !isAlone && !isParent && !isEnd, to: &nodes)
            position = isAlone ? line.end : tag.place.range.upperBound
            // The blanks before a parent or a partial are put before each of its lines.
            let blanks = source.text(min(line.start + dedent, tag.place.range.lowerBound)..<tag.place.range.lowerBound)
            switch tag.sigil {
            case UInt8(ascii: "!"), UInt8(ascii: "="): break
            case UInt8(ascii: "/"):
                try close(opening, tag)
                return nodes
            case UInt8(ascii: "#"), UInt8(ascii: "^"):
                let expression = try expression(tag)
                let inside = Opening(name: expression.name, place: tag.place, isParent: false)
                let content = try self.nodes(inside: inside, depth: depth + 1)
                nodes.append(.section(expression, content, isInverted: tag.sigil == UInt8(ascii: "^")))
            case UInt8(ascii: ">"):
                let name = try partialName(tag)
                nodes.append(
                    .partial(
                        TemplatePartial(
                            name: name,
                            indentation: isAlone ? blanks : "",
                            blocks: [:],
                            place: tag.place
                        )
                    )
                )
            case UInt8(ascii: "<"):
                nodes += try parent(tag, line, blanks: blanks, depth: depth)
            case UInt8(ascii: "$"):
                nodes.append(.block(try block(tag, blanks, isAlone, isDefinition: isDefinition, depth)))
            case let sigil:
                nodes.append(.value(try expression(tag), isEscaped: sigil == nil))
            }
        }
        if let opening {
            throw opening.place.error(.malformed, "the end of \"\(opening.name)\", {{/\(opening.name)}}, is missing")
        }
        append(position..<source.bytes.count, isTagNext: false, to: &nodes)
        position = source.bytes.count
        return nodes
    }

    private mutating func parent(
        _ tag: TemplateScanner.Tag,
        _ line: LineAround,
        blanks: String,
        depth: Int
    ) throws(TemplateError) -> [TemplateNode] {
        let name = try partialName(tag)
        let inside = Opening(name: source.text(tag.content), place: tag.place, isParent: true)
        var blocks: [String: TemplateBlock] = [:]  // bytes: names in our own templates
        for node in try nodes(inside: inside, depth: depth + 1) {
            switch node {
            case .block(let block): blocks[block.name] = block
            case .text, .lineStart: break
            case .value(let expression, _), .section(let expression, _, _):
                throw expression.place.error(.malformed, Self.parentRule)
            case .partial(let partial): throw partial.place.error(.malformed, Self.parentRule)
            }
        }
        let isAlone = line.isFirst && skipRestOfLine()
        let indentation = isAlone ? blanks : ""
        let partial = TemplatePartial(name: name, indentation: indentation, blocks: blocks, place: tag.place)
        return isAlone || blanks.isEmpty ? [.partial(partial)] : [.text(blanks, startsLine: true), .partial(partial)]
    }

    /// Skips the end of a line that only has blanks; whether the position is at the beginning of a line afterwards.
    private mutating func skipRestOfLine() -> Bool {
        if source.isLineStart(position) { return true }
        let rest = source.bytes[position...].drop { $0.isBlank || $0 == UInt8(ascii: "\r") }
        guard rest.first == nil || rest.first == UInt8(ascii: "\n") else { return false }
        position = rest.isEmpty ? source.bytes.count : rest.startIndex + 1
        return true
    }

    private static let parentRule =
        "inside of a layout's tag, everything must be in a block, {{$name}}…{{/name}}: other tags would be lost"

    private mutating func block(
        _ tag: TemplateScanner.Tag,
        _ blanks: String,
        _ isAlone: Bool,
        isDefinition: Bool,
        _ depth: Int
    ) throws(TemplateError) -> TemplateBlock {
        let name = source.text(tag.content)
        guard TemplatePath(name) != nil else {
            throw tag.place.error(.malformed, "\"\(name)\" isn't the name of a block")
        }
        let outer = dedent
        // If the tag is alone on its line, the indentation is that of the first line inside.
        var indentation = blanks
        if isAlone {
            let inside = source.bytes[position...].prefix(while: \.isBlank)
            indentation = String(decoding: inside.dropFirst(dedent), as: UTF8.self)
        }
        // The indentation of a definition belongs to the file in which it is, not to the page.
        if isDefinition { dedent = isAlone ? indentation.utf8.count + outer : 0 }
        let inside = Opening(name: name, place: tag.place, isParent: false, isDefinition: isDefinition)
        let content = try nodes(inside: inside, depth: depth + 1)
        dedent = outer
        return TemplateBlock(name: name, nodes: content, indentation: indentation, isAlone: isAlone, place: tag.place)
    }

    private func close(_ opening: Opening?, _ tag: TemplateScanner.Tag) throws(TemplateError) {
        let name = source.text(tag.content)
        guard let opening else {
            throw tag.place.error(.malformed, "\"\(name)\" is closed, but it isn't open")
        }
        guard name.hasSameBytes(as: opening.name) else {
            throw tag.place.error(
                .malformed,
                "\"\(opening.name)\" of line \(opening.place.location.line) must be closed before \"\(name)\""
            )
        }
    }

    private mutating func partialName(_ tag: TemplateScanner.Tag) throws(TemplateError) -> TemplatePartial.Name {
        let text = source.text(tag.content)
        if text.utf8.first == UInt8(ascii: "*") {
            let name = Substring(text.utf8.dropFirst().drop(while: \.isTemplateSpace))
            guard let path = TemplatePath(String(name)) else {
                throw tag.place.error(.malformed, "\"\(name)\" isn't the name of a value")
            }
            return .chosen(TemplateExpression(kind: .path(path), name: String(name), place: tag.place))
        }
        guard !text.isEmpty, !text.utf8.contains(where: { $0 <= 0x20 || "{}\"".utf8.contains($0) }) else {
            throw tag.place.error(.malformed, "\"\(text)\" isn't the name of a template")
        }
        mentions.append((text, tag.place))
        return .fixed(text)
    }

    private mutating func expression(_ tag: TemplateScanner.Tag) throws(TemplateError) -> TemplateExpression {
        let text = source.text(tag.content)
        let name = Substring(text.utf8.prefix { !$0.isTemplateSpace })
        let rest = text[name.endIndex...].utf8
        if let function = functions[String(name), hasArguments: !rest.isEmpty] {
            do throws(TemplateCall.Mistake) {
                let call = try TemplateCall(function, String(name), rest)
                calls.append((call, tag.place))
                return TemplateExpression(kind: .call(call), name: String(name), place: tag.place)
            } catch {
                throw tag.place.error(.malformed, error.reason)
            }
        }
        guard rest.isEmpty else {
            throw tag.place.error(.unknown, "there is no helper \"\(name)\"; there are only: \(functions.list)")
        }
        guard let path = TemplatePath(text) else {
            let reason = text.isEmpty ? "the tag is empty" : "\"\(text)\" isn't the name of a value"
            throw tag.place.error(.malformed, reason)
        }
        return TemplateExpression(kind: .path(path), name: text, place: tag.place)
    }

    /// Appends the text of a part, and a mark if the next tag begins a line.
    private func append(_ range: Range<Int>, isTagNext: Bool, to nodes: inout [TemplateNode]) {
        let startsLine = source.isLineStart(range.lowerBound)
        defer {
            if isTagNext, source.isLineStart(range.upperBound) { nodes.append(.lineStart) }
        }
        guard !range.isEmpty else { return }
        guard dedent > 0 else {
            nodes.append(.text(source.text(range), startsLine: startsLine))
            return
        }
        var text: [UInt8] = []
        var blanks = startsLine ? dedent : 0
        for byte in source.bytes[range] {
            if blanks > 0, byte.isBlank {
                blanks -= 1
            } else {
                blanks = byte == UInt8(ascii: "\n") ? dedent : 0
                text.append(byte)
            }
        }
        nodes.append(.text(String(decoding: text, as: UTF8.self), startsLine: startsLine))
    }

    /// Whether a tag stays a part of its line if nothing else is in the line.
    private static func isInline(_ sigil: UInt8?) -> Bool {
        sigil == nil || sigil == UInt8(ascii: "{") || sigil == UInt8(ascii: "&")
    }
}
