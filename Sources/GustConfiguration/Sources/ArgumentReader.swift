#if Configuration
import GustHTTP

/// Reads the arguments of the program: `--http-port 8080`, `--http-port=8080`, `--http-health`, `--help`, `--print-configuration`.
struct ArgumentReader {
    private(set) var source = SettingsSource(.argument)
    private(set) var mistakes: [SettingMistake] = []
    /// The arguments that begin with two hyphens and name no setting.
    private(set) var unknown: [String] = []
    /// The numbers of the other arguments that belong to no setting; their text could be a part of a secret.
    private(set) var unused: [Int] = []
    private(set) var wantsHelp = false
    private(set) var wantsPrint = false

    /// Reads `arguments`, without the name of the program, until `--`.
    init(_ arguments: [String], _ declarations: [SettingDeclaration]) {
        var kinds: [ByteText: SettingKind] = [:]
        for declaration in declarations {
            kinds[ByteText(declaration.key.argument)] = declaration.kind
            if declaration.kind.isSecret { kinds[ByteText(declaration.key.ofFile.argument)] = .text }
        }
        var rest = arguments[...]
        while let argument = rest.popFirst(), !argument.hasSameBytes(as: "--") {
            if argument.hasSameBytes(as: "--help") || argument.hasSameBytes(as: "-h") {
                wantsHelp = true
            } else if argument.hasSameBytes(as: "--print-configuration") {
                wantsPrint = true
            } else {
                read(argument, &rest, kinds)
            }
        }
    }

    private mutating func read(_ argument: String, _ rest: inout ArraySlice<String>, _ kinds: [ByteText: SettingKind]) {
        let parts = argument[...].parted(at: UInt8(ascii: "="))
        let name = parts.map { String($0.before) } ?? argument
        var hasValueBehind = rest.first.map { !$0.hasBytePrefix("--") } ?? false
        guard argument.hasBytePrefix("--") else { return unused.append(rest.startIndex) }
        guard let kind = kinds[ByteText(name)] else {
            unknown.append(name)
            // The value of an unknown setting.
            if parts == nil, hasValueBehind { rest.removeFirst() }
            return
        }
        if let parts { return set(name, .text(String(parts.behind)), kind) }
        if kind == .flag { return set(name, .flag, kind) }
        // A secret can begin with hyphens, and must not be taken for an argument that is warned about.
        if kind.isSecret { hasValueBehind = true }
        guard hasValueBehind, let value = rest.popFirst() else {
            mistakes.append(SettingMistake(name, "the value is missing"))
            return
        }
        set(name, .text(value), kind)
    }

    private mutating func set(_ name: String, _ content: SettingEntry.Content, _ kind: SettingKind) {
        guard let earlier = source[name] else {
            source.set(name, SettingEntry(content: content, place: name))
            return
        }
        // A list can be given piece by piece.
        guard kind.isList, case .text(let left) = earlier.content, case .text(let right) = content else {
            mistakes.append(SettingMistake(name, "the argument is given twice"))
            return
        }
        source.set(name, SettingEntry(content: .text("\(left),\(right)"), place: name))
    }
}
#endif
