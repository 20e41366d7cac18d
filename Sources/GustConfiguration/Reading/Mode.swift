#if Configuration
/// Where an application runs: the environment variable `GUST_MODE`, which other parts of Gust read too.
///
/// Only a variable can have the mode, because it is asked for before any setting is read.
public enum Mode: String, CaseIterable, SettingValue {
    /// On the machine of a developer: `.env` is read.
    case development
    /// Anywhere else; the default, so that nothing has to be set for safety.
    case production

    static let variable = "GUST_MODE"

    /// The mode in an environment.
    ///
    /// - Throws: ``SettingMistake`` if the variable has another value.
    init(_ environment: [String: String]) throws(SettingMistake) {  // bytes: names of ASCII
        let text = environment[Self.variable] ?? ""
        guard let mode = text.utf8.isEmpty ? .production : Mode(settingText: text) else {
            let found = PrintableText.quoted(text)
            throw SettingMistake(Self.variable, "expected \(Self.settingExpectation); found \(found)")
        }
        self = mode
    }
}
#endif
