#if Configuration
import GustHTTP

/// Loads a group from sources: finds out the keys, reads the sources, and compares the two.
struct SettingsLoading {
    /// What a program does next.
    enum Outcome<Group: Sendable>: Sendable {
        /// It goes on with the settings.
        case settings(Group)
        /// It prints the text and ends, because of `--help` or `--print-configuration`.
        case text(String)
    }

    /// Variables with the prefix GUST that aren't settings: the mode, and what a process is passed by the process that starts it.
    private static let reservedVariables = [
        Mode.variable, "GUST_PARENT_PID", "GUST_HANDOVER_FD", "GUST_CHANNEL_FD", "GUST_COMMAND",
    ]

    private let sources: SettingsSources

    init(_ sources: SettingsSources) { self.sources = sources }

    /// Reads the settings.
    ///
    /// - Throws: ``SettingsError`` with all mistakes.
    func load<Group: SettingsGroup>(_ type: Group.Type) throws(SettingsError) -> Outcome<Group> {
        let declarations = declarations(of: type)
        let arguments = ArgumentReader(sources.arguments, declarations)
        if arguments.wantsHelp { return .text(SettingsHelp.text(declarations, prefix: sources.prefix)) }
        var mistakes = arguments.mistakes.map { "\($0.place): \($0.problem)" }

        var all = [arguments.source, environment()]
        let first = SettingsReading(all, prefix: sources.prefix)
        let own = first.make(SourceSettings.self)
        let mode = mode(&mistakes)
        appendFiles(own, mode, to: &all, &mistakes)
        all += sources.providers.map { SettingsSource($0) }

        let reading = SettingsReading(all, prefix: sources.prefix, mode: mode, following: first.results)
        let group = reading.make(type)
        let results = reading.results
        mistakes += results.mistakes
        if mistakes.isEmpty { mistakes += group.allMistakes() }
        let unknown = UnknownKeys(declarations, prefix: sources.prefix, reserved: Self.reservedVariables)
        for warning in results.warnings + unknown.warnings(arguments, all) { sources.warn(warning) }
        guard mistakes.isEmpty else { throw SettingsError(mistakes: mistakes) }
        guard arguments.wantsPrint else { return .settings(group) }
        let hasMode = !(sources.environment[Mode.variable] ?? "").utf8.isEmpty
        return .text(EffectiveSettings.text(results.effective, mode, hasMode: hasMode))
    }

    /// All settings of the group, and those of the sources.
    func declarations<Group: SettingsGroup>(of type: Group.Type) -> [SettingDeclaration] {
        let reading = SettingsReading([], prefix: sources.prefix, isDeclaring: true)
        _ = reading.make(SourceSettings.self)
        _ = reading.make(type)
        return reading.results.declarations
    }

    private func mode(_ mistakes: inout [String]) -> Mode {
        do throws(SettingMistake) {
            return try Mode(sources.environment)
        } catch {
            mistakes.append("\(error.place): \(error.problem)")
            return .production
        }
    }

    private func environment() -> SettingsSource {
        var source = SettingsSource(.variable(prefix: sources.prefix))
        for (name, value) in sources.environment.sorted(by: { ByteText($0.key) < ByteText($1.key) }) {
            guard !value.utf8.isEmpty else { continue }
            source.set(name, SettingEntry(content: .text(value), place: name))
        }
        return source
    }

    /// Adds the file of variables and the file of settings, in this order.
    private func appendFiles(
        _ own: SourceSettings,
        _ mode: Mode,
        to all: inout [SettingsSource],
        _ mistakes: inout [String]
    ) {
        do throws(SettingMistake) {
            if let path = own.environmentFile ?? (mode == .development ? sources.environmentFile : nil) {
                let text = try ConfigurationFile.text(of: path)
                guard text != nil || own.environmentFile == nil else {
                    throw SettingMistake(path, "there is no such file")
                }
                let (variables, found) = EnvironmentFile.parse(text ?? "", path: path)
                mistakes += found.map { "\($0.place): \($0.problem)" }
                var source = SettingsSource(.variable(prefix: sources.prefix), isFile: true)
                for (name, entry) in variables { source.set(name, entry) }
                all.append(source)
            }
        } catch {
            mistakes.append("\(error.place): \(error.problem)")
        }
        do throws(SettingMistake) {
            if let path = own.file ?? sources.file {
                if let source = try SettingsFile.source(path) {
                    all.append(source)
                } else if own.file != nil {
                    throw SettingMistake(path, "there is no such file")
                }
            }
        } catch {
            mistakes.append("\(error.place): \(error.problem)")
        }
    }
}
#endif
