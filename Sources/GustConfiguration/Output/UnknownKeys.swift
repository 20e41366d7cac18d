#if Configuration
import GustHTTP

/// Finds what sources have and no setting reads.
struct UnknownKeys {
    private let keys: [SettingKey]
    private let prefix: String
    private let reserved: [String]

    init(_ declarations: [SettingDeclaration], prefix: String, reserved: [String]) {
        keys = declarations.flatMap { $0.kind.isSecret ? [$0.key, $0.key.ofFile] : [$0.key] }
        self.prefix = prefix
        self.reserved = reserved
    }

    /// One line for each unknown argument, variable with the prefix, and key of a file.
    func warnings(_ arguments: ArgumentReader, _ sources: [SettingsSource]) -> [String] {
        let flags = ["--help", "--print-configuration"]
        var warnings = arguments.unknown.map { warning(nil, $0, keys.map(\.argument) + flags) }
        warnings += arguments.unused.map { "argument \($0) isn't used: it is the value of no setting" }
        for source in sources {
            let names = keys.map { source.name(of: $0) }
            let known = Set(names.map { ByteText($0) } + reserved.map { ByteText($0) })
            for name in source.names where source.isOwn(name) {
                if source.isFile, isAboutSources(name) {
                    let place = source[name]?.place ?? ""
                    warnings.append("\(place): \(name) has no effect in a file, only as an argument or variable")
                } else if !known.contains(ByteText(name)) {
                    warnings.append(warning(source[name]?.place, name, names))
                }
            }
        }
        return warnings
    }

    /// Whether a name in a file is that of a setting which only arguments and variables can have.
    private func isAboutSources(_ name: String) -> Bool {
        let texts = ["config", "envFile"]
        let variables = texts.compactMap { SettingKey($0)?.variable(prefix) } + [Mode.variable]
        return (texts + variables).contains { name.hasSameBytes(as: $0) }
    }

    private func warning(_ place: String?, _ name: String, _ names: [String]) -> String {
        let line = PrintableText.line(name, maximumLength: 100)
        let start = place.map { $0.hasSameBytes(as: name) ? line : "\($0): \(line)" } ?? line
        let end = NearestName.nearest(to: name, in: names).map { "did you mean \($0)?" } ?? "--help lists the keys"
        return "\(start) isn't the name of a setting; \(end)"
    }
}
#endif
