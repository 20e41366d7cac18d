import GustHTTP

/// One page that is being rendered.
struct PageRendering {
    /// A value in which names are looked up.
    private struct Frame {
        let value: TemplateValue
        /// The place of the value in its list.
        var position: (index: Int, count: Int)?
    }

    private let library: TemplateLibrary
    private let isStrict: Bool
    private var visit: TemplateVisit
    private var frames: [Frame]
    /// The definitions that replace blocks, of the page first.
    private var blocks: [String: TemplateBlock] = [:]  // bytes: names in our own templates
    private var indentation = ""
    /// Whether the text before the first line of a block is its indentation already.
    private var isLineBegun = false
    private var depth = 0
    private(set) var text = ""

    /// The most partials, layouts and blocks in each other.
    private static let maximumDepth = 100

    init(_ library: TemplateLibrary, _ values: TemplateValue, isStrict: Bool, for request: Request?) {
        self.library = library
        self.isStrict = isStrict
        visit = TemplateVisit(request)
        frames = [Frame(value: values)]
        text.reserveCapacity(4_096)
    }

    /// Renders parts behind the text that is rendered already.
    ///
    /// - Throws: A ``TemplateError`` with the place of the tag, or an `HTTPError` of a helper.
    mutating func render(_ nodes: [TemplateNode]) throws {
        for node in nodes {
            switch node {
            case .text(let text, let startsLine): append(text, startsLine: startsLine)
            case .lineStart: beginLine()
            case .value(let expression, let isEscaped):
                isLineBegun = false
                try append(value(of: expression), isEscaped: isEscaped, expression.place)
            case .section(let expression, let content, let isInverted):
                try isInverted ? renderInverted(expression, content) : render(expression, content)
            case .partial(let partial): try render(partial)
            case .block(let block): try render(block)
            }
        }
    }

    private mutating func beginLine() {
        if !isLineBegun { text += indentation }
        isLineBegun = false
    }

    private mutating func append(_ text: String, startsLine: Bool) {
        guard !indentation.isEmpty else {
            self.text += text
            return
        }
        if startsLine { beginLine() }
        isLineBegun = false
        let lines = text[...].pieces(on: UInt8(ascii: "\n"))
        for (number, line) in lines.enumerated() {
            if number > 0 {
                self.text += "\n"
                // What follows the last line break of a text is another part, which has its own mark.
                if number < lines.count - 1 || !line.isEmpty { self.text += indentation }
            }
            self.text += line
        }
    }

    private mutating func append(_ value: TemplateValue, isEscaped: Bool, _ place: TemplatePlace) throws {
        switch value.content {
        case .null: break
        case .bool, .integer, .number: text += value.text ?? ""
        case .html(let html): text += html
        case .text(let plain): text += isEscaped ? HTMLEscaping.escape(plain) : plain
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", " }
                try append(element, isEscaped: isEscaped, place)
            }
        case .object: _ = try missing("the value is an object, which has no text", place)
        }
    }

    private mutating func render(_ expression: TemplateExpression, _ content: [TemplateNode]) throws {
        let value = try value(of: expression)
        switch value.content {
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                try render(content, in: Frame(value: element, position: (index, elements.count)))
            }
        case .bool(let bool): if bool { try render(content) }
        default: if value.isTrue { try render(content, in: Frame(value: value, position: frames.last?.position)) }
        }
    }

    private mutating func renderInverted(_ expression: TemplateExpression, _ content: [TemplateNode]) throws {
        if case .call(let call) = expression.kind, case .flash = call.function {
            // The messages stay in the session until a section shows them.
            if try visit.hasNoFlashes() { try render(content) }
        } else if try !value(of: expression).isTrue {
            try render(content)
        }
    }

    private mutating func render(_ nodes: [TemplateNode], in frame: Frame) throws {
        frames.append(frame)
        defer { frames.removeLast() }
        try render(nodes)
    }

    private mutating func render(_ partial: TemplatePartial) throws {
        let name: String
        switch partial.name {
        case .fixed(let fixed): name = fixed
        case .chosen(let expression):
            guard let chosen = try value(of: expression).text else { return }
            name = chosen
        }
        guard let template = library.template(called: name) else {
            throw partial.place.error(.unknown, "there is no template \"\(name)\", \(library.hint)")
        }
        let outer = (blocks, indentation)
        defer { (blocks, indentation) = outer }
        // The definitions of the page come before those of a layout in between.
        if !partial.blocks.isEmpty { blocks.merge(partial.blocks) { page, _ in page } }
        indentation += partial.indentation
        try enter(template.nodes, partial.place)
    }

    private mutating func render(_ block: TemplateBlock) throws {
        guard let definition = blocks[block.name] else { return try render(block.nodes) }
        let outer = indentation
        defer { indentation = outer }
        indentation += block.indentation
        isLineBegun = !block.isAlone
        try enter(definition.nodes, block.place)
    }

    private mutating func enter(_ nodes: [TemplateNode], _ place: TemplatePlace) throws {
        guard depth < Self.maximumDepth else {
            throw place.error(
                .recursion,
                "partials, layouts and blocks include each other more than \(Self.maximumDepth) deep"
            )
        }
        depth += 1
        defer { depth -= 1 }
        try render(nodes)
    }

    private mutating func value(of expression: TemplateExpression) throws -> TemplateValue {
        switch expression.kind {
        case .path(let path): return try find(path, expression.place)
        case .call(let call):
            let positional = call.route == nil ? call.arguments : []
            let arguments = TemplateArguments(
                values: try positional.map { try value(of: $0, expression.place) },
                named: try call.named.map { ($0.key, try value(of: $0.value, expression.place)) }
            )
            do {
                return try call.function.value(of: arguments, route: call.route, for: &visit)
            } catch let error as HTTPError {
                throw error
            } catch {
                let reason = (error as? TemplateError)?.reason ?? "\(error)"
                throw expression.place.error(.helper, reason)
            }
        }
    }

    private func value(of argument: TemplateCall.Argument, _ place: TemplatePlace) throws -> TemplateValue {
        switch argument {
        case .text(let text): TemplateValue(.text(text))
        case .integer(let integer): TemplateValue(.integer(integer))
        case .path(let path, _): try find(path, place)
        }
    }

    private func find(_ path: TemplatePath, _ place: TemplatePlace) throws -> TemplateValue {
        guard let current = frames.last else { return .null }
        switch path.start {
        case .position(let position):
            guard let (index, count) = frames.last(where: { $0.position != nil })?.position else {
                return try missing("there is no list around \(position.rawValue)", place)
            }
            switch position {
            case .first: return TemplateValue(.bool(index == 0))
            case .last: return TemplateValue(.bool(index == count - 1))
            case .index: return TemplateValue(.integer(index))
            }
        case .current: return try members(path.names[...], of: current.value, place)
        case .anywhere:
            guard let name = path.names.first else { return current.value }
            let key = ByteText(name)
            for frame in frames.reversed() {
                guard case .object(let members, _) = frame.value.content, let found = members[key] else { continue }
                return try self.members(path.names.dropFirst(), of: found, place)
            }
            return try missing("there is no value \"\(name)\"; \(namesHint)", place)
        }
    }

    private func members(
        _ names: ArraySlice<String>,
        of value: TemplateValue,
        _ place: TemplatePlace
    ) throws -> TemplateValue {
        var value = value
        for name in names {
            switch value.content {
            case .null: return .null
            case .object(let members, let isOpen):
                if let member = members[ByteText(name)] {
                    value = member
                } else if isOpen {
                    return .null
                } else {
                    let names = members.keys.map(\.string).sorted().joined(separator: ", ")
                    return try missing("the value has no member \"\(name)\"; there are only: \(names)", place)
                }
            default: return try missing("the value isn't an object, so it has no member \"\(name)\"", place)
            }
        }
        return value
    }

    private func missing(_ reason: @autoclosure () -> String, _ place: TemplatePlace) throws -> TemplateValue {
        guard isStrict else { return .null }
        throw place.error(.missingValue, reason())
    }

    private var namesHint: String {
        var names: Set<ByteText> = []
        for frame in frames {
            if case .object(let members, _) = frame.value.content { names.formUnion(members.keys) }
        }
        guard !names.isEmpty else { return "there are no values" }
        let list = names.sorted().prefix(30).map(\.string).joined(separator: ", ")
        return "there are only: \(list)\(names.count > 30 ? ", …" : "")"
    }
}
