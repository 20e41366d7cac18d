#if Configuration
import Configuration
import GustHTTP

/// The entries of one source, under the names that settings have there.
struct SettingsSource: Sendable {
    /// How a source names settings.
    enum Naming: Sendable {
        case argument
        case variable(prefix: String)
        case key
    }

    private(set) var entries: [ByteText: SettingEntry] = [:]
    /// The names in the order of the source.
    private(set) var names: [String] = []
    /// Whether it is a file, which can't say what the sources are.
    let isFile: Bool
    private let naming: Naming
    private let provider: (any ConfigProvider)?

    init(_ naming: Naming, isFile: Bool = false) {
        self.naming = naming
        self.isFile = isFile
        provider = nil
    }

    /// A source of the application, which has no list of its keys.
    init(_ provider: any ConfigProvider) {
        naming = .key
        isFile = false
        self.provider = provider
    }

    /// Whether users of the same machine can read the entries.
    var isVisibleToOthers: Bool {
        if case .argument = naming { true } else { false }
    }

    /// The entry with this name; nil if there is none.
    subscript(name: String) -> SettingEntry? { entries[ByteText(name)] }

    /// Adds an entry, or replaces the entry of the same name.
    mutating func set(_ name: String, _ entry: SettingEntry) {
        if entries.updateValue(entry, forKey: ByteText(name)) == nil { names.append(name) }
    }

    /// The name of a key in this source.
    func name(of key: SettingKey) -> String {
        switch naming {
        case .argument: key.argument
        case .variable(let prefix): key.variable(prefix)
        case .key: key.text
        }
    }

    /// Whether a name belongs to settings, and not, in the environment, to other programs.
    func isOwn(_ name: String) -> Bool {
        if case .variable(let prefix) = naming { name.hasBytePrefix("\(prefix)_") } else { true }
    }

    /// The entry for a key; nil if there is none.
    func entry(for key: SettingKey, _ kind: SettingKind) -> Result<SettingEntry, SettingMistake>? {
        guard let provider else { return self[name(of: key)].map { .success($0) } }
        return ProvidedSetting.entry(for: key, kind, from: provider)
    }
}
#endif
