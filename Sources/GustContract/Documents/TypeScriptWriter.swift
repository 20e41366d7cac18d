import GustWire

/// Writes a contract as declarations of TypeScript, in the form that socket.io-client 4 takes as the types of a `Socket`.
struct TypeScriptWriter {
    private let contract: DocumentedContract

    init(_ contract: DocumentedContract) { self.contract = contract }

    func text() -> String {
        var parts = [
            "// The events of \(Self.comment(contract.title)) \(Self.comment(contract.version)), written by Gust from their declarations in Swift."
        ]
        if contract.hasBytes { parts.append("export type Bytes = ArrayBuffer | Uint8Array;") }
        for (name, members) in contract.objects.objects { parts.append(object(name, members)) }
        if contract.hasFailures {
            parts.append(
                "/** The reply to an event that was refused, or whose handler failed. */\nexport interface Failure {\n  error: string;\n}"
            )
        }
        parts.append(events("ClientToServerEvents", contract.events.filter(\.isFromClient), mayFail: true))
        parts.append(events("ServerToClientEvents", contract.events.filter(\.isFromServer), mayFail: false))
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func object(_ name: String, _ members: [ShapeTable.Member]) -> String {
        let lines = members.map { member in
            if case .optional(let shape) = member.shape { return "  \(key(member.name))?: \(type(shape)) | null;" }
            return "  \(key(member.name)): \(type(member.shape));"
        }
        return "export interface \(name) {\n\(lines.map { $0 + "\n" }.joined())}"
    }

    private func events(_ name: String, _ events: [DocumentedContract.Event], mayFail: Bool) -> String {
        let lines = events.map { event in
            let summary = event.summary.map { "  /** \(Self.comment($0)) */\n" } ?? ""
            return "\(summary)  \(key(event.name)): (\(parameters(event, mayFail))) => void;\n"
        }
        return "export interface \(name) {\n\(lines.joined())}"
    }

    private func parameters(_ event: DocumentedContract.Event, _ mayFail: Bool) -> String {
        var parts = event.parameters.enumerated().map { index, parameter in
            // A parameter may be left out only if all behind it may be, and there is no callback.
            let mayBeMissing = event.reply == nil && event.parameters[index...].allSatisfy(\.shape.isOptional)
            let name = identifier(parameter.name, index)
            guard case .optional(let shape) = parameter.shape else { return "\(name): \(type(parameter.shape))" }
            return mayBeMissing ? "\(name)?: \(type(shape)) | null" : "\(name): \(type(shape)) | null | undefined"
        }
        if let reply = event.reply {
            var values = reply.enumerated().map { index, shape in
                (name: reply.count == 1 ? "reply" : "reply\(index + 1)", type: type(shape))
            }
            if mayFail {
                // The first argument of the acknowledgement is the failure.
                if values.isEmpty {
                    values = [("failure?", "Failure")]
                } else {
                    values[0].type += " | Failure"
                }
            }
            parts.append("callback: (\(values.map { "\($0.name): \($0.type)" }.joined(separator: ", "))) => void")
        }
        return parts.joined(separator: ", ")
    }

    /// The type of a shape.
    private func type(_ shape: ValueShape) -> String {
        switch shape {
        case .string, .date: "string"
        case .integer, .number: "number"
        case .boolean: "boolean"
        case .bytes: "Bytes"
        case .literals(let texts): texts.joined(separator: " | ")
        case .optional(let shape): "\(type(shape)) | null"
        case .array(let shape): shape.isUnion ? "(\(type(shape)))[]" : "\(type(shape))[]"
        case .tuple(let shapes): "[\(shapes.map(type).joined(separator: ", "))]"
        case .dictionary(let shape): "{ [key: string]: \(type(shape)) }"
        case .object(let name): name
        case .any: "unknown"
        }
    }

    /// A name of a member: in quotes unless it is an identifier.
    private func key(_ name: String) -> String { Self.isIdentifier(name) ? name : JSONSlice.string(name).description }

    /// A name of a parameter.
    private func identifier(_ name: String, _ index: Int) -> String {
        Self.isIdentifier(name) && !Self.reserved.contains(name) ? name : "argument\(index + 1)"
    }

    /// Words that a parameter in a module can't be called.
    private static let reserved: Set<String> = [  // bytes: our own words, of ASCII
        "arguments", "await", "break", "callback", "case", "catch", "class", "const", "continue", "debugger", "default",
        "delete",
        "do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements",
        "import",
        "in", "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public", "return",
        "static",
        "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield",
    ]

    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"): true
            default: false
            }
        }
    }

    /// A text in a comment, which it can't end, on one line.
    private static func comment(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            let isBreak = ["\n", "\r", "\u{2028}", "\u{2029}"].contains(scalar)
            if scalar == "/", line.unicodeScalars.last == "*" { line += " " }
            line.unicodeScalars.append(isBreak ? " " : scalar)
        }
        return line
    }
}

extension ValueShape {
    /// Whether a value may be missing.
    var isOptional: Bool { if case .optional = self { true } else { false } }

    /// Whether its type in TypeScript is written with `|`.
    fileprivate var isUnion: Bool {
        switch self {
        case .optional: true
        case .literals(let texts): texts.count > 1
        default: false
        }
    }
}
