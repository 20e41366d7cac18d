#if Configuration
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SettingsGroup {
    /// Reads all settings of the group from the sources.
    ///
    /// Arguments, variables with the prefix and keys of files that no setting has are warned about, with the nearest name. With `--help` or
    /// `--print-configuration` among the arguments, the text is printed and the process ends with code 0.
    /// - Parameter sources: The sources; the default is those of this process, without a file unless one is named.
    /// - Returns: The settings.
    /// - Throws: ``SettingsError`` with all mistakes at once.
    public static func load(_ sources: SettingsSources = SettingsSources()) throws(SettingsError) -> Self {
        switch try SettingsLoading(sources).load(Self.self) {
        case .settings(let group): return group
        case .text(let text):
            print(text, terminator: "")
            exit(0)
        }
    }
}
#endif
