#if Configuration
import GustHTTP
import Synchronization

/// One reading of a group: the declarations of its settings, their values, and all mistakes.
///
/// The initialisers of properties find the reading by ``current``, which is set only while ``SettingsGroup/load(_:)`` makes the group.
final class SettingsReading: Sendable {
    @TaskLocal static var current: SettingsReading?

    /// A value that is used, for `--print-configuration`.
    struct Effective: Sendable {
        let key: SettingKey
        let text: String
        let place: String
    }

    struct Results: Sendable {
        var declarations: [SettingDeclaration] = []
        var effective: [Effective] = []
        var mistakes: [String] = []
        var warnings: [String] = []
    }

    /// In the order of precedence.
    let sources: [SettingsSource]
    let prefix: String
    let mode: Mode
    /// Whether the group is only made for its declarations, so that no value is missing.
    private let isDeclaring: Bool
    private let state: Mutex<Results>

    init(
        _ sources: [SettingsSource],
        prefix: String,
        mode: Mode = .production,
        isDeclaring: Bool = false,
        following results: Results = Results()
    ) {
        self.sources = sources
        self.prefix = prefix
        self.mode = mode
        self.isDeclaring = isDeclaring
        state = Mutex(results)
    }

    var results: Results { state.withLock { $0 } }

    /// Makes a group with the values of this reading.
    func make<Group: SettingsGroup>(_ type: Group.Type) -> Group {
        Self.$current.withValue(self) { Group() }
    }

    /// The value of a setting in the current reading; the default without one.
    static func read<Value: SettingValue>(_ request: SettingRequest<Value>, default standard: Value) -> Value {
        current?.value(request, standard) ?? standard
    }

    private func value<Value: SettingValue>(_ request: SettingRequest<Value>, _ standard: Value) -> Value {
        guard let key = declare(request, standard) else { return standard }
        guard !isDeclaring else { return standard }
        guard let found = find(key, Value.settingKind) else {
            if request.isRequired {
                report("\(key.text) is missing: set \(key.variable(prefix)), \(key.argument), or the key in a file")
            }
            note(Effective(key: key, text: request.standard ?? standard.settingText, place: "default"))
            return standard
        }
        do throws(SettingMistake) {
            let entry = try found.get()
            let value = try entry.value(request)
            note(Effective(key: key, text: value.settingText, place: entry.place))
            return value
        } catch {
            report("\(error.place) (\(key.text)): \(error.problem)")
            return standard
        }
    }

    /// The first entry of the setting in the sources, whose text may be in a file if it is a secret; nil if no source has one.
    private func find(_ key: SettingKey, _ kind: SettingKind) -> Result<SettingEntry, SettingMistake>? {
        for source in sources {
            let entry = source.entry(for: key, kind)
            guard kind.isSecret else {
                if let entry { return entry }
                continue
            }
            if source.isVisibleToOthers, case .success(let entry) = entry {
                warn("\(entry.place): other users of this machine can see arguments; use \(key.ofFile.argument)")
            }
            guard case .success(let file)? = source.entry(for: key.ofFile, .text) else {
                if let entry { return entry }
                continue
            }
            guard entry == nil else {
                return .failure(SettingMistake(file.place, "the secret and a file with it are both set"))
            }
            do throws(SettingMistake) {
                return .success(try SecretFile.entry(in: file, isList: kind.isList))
            } catch {
                return .failure(error)
            }
        }
        return nil
    }

    /// Notes a setting for the lists of keys; nil if the program declares it wrongly.
    private func declare<Value>(_ request: SettingRequest<Value>, _ standard: Value) -> SettingKey? {
        guard let key = SettingKey(request.key) else {
            report("\(request.key): a key has names of ASCII letters and digits, with dots between them")
            return nil
        }
        let variable = key.variable(prefix)
        return state.withLock { results in
            if let other = results.declarations.first(where: { $0.key.variable(prefix).hasSameBytes(as: variable) }) {
                results.mistakes.append("\(key.text) has the variable of \(other.key.text): \(variable)")
                return nil
            }
            results.declarations.append(
                SettingDeclaration(
                    key: key,
                    description: request.description,
                    expectation: request.expectation,
                    kind: Value.settingKind,
                    standard: request.isRequired ? nil : request.standard ?? standard.settingText
                )
            )
            return key
        }
    }

    private func note(_ value: Effective) { state.withLock { $0.effective.append(value) } }
    private func report(_ mistake: String) { state.withLock { $0.mistakes.append(mistake) } }
    private func warn(_ warning: String) { state.withLock { $0.warnings.append(warning) } }
}
#endif
