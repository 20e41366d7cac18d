#if Configuration
public import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where settings come from, in this order: arguments, environment variables, a file `.env`, a file of JSON or YAML, and further providers.
///
/// An argument is preferred to a variable, and so on. The file is the one that `--config` or `GUST_CONFIG` names, or else ``file`` if it exists.
/// The file of variables is the one that `--env-file` or `GUST_ENV_FILE` names; without a name, `.env` in the working directory is read only in
/// ``Mode/development``, so that a forgotten file has no effect on a server. Its variables are used for settings only: the environment of the
/// process isn't changed.
public struct SettingsSources: Sendable {
    /// The arguments of the program, without its name.
    public var arguments: [String]
    /// The environment variables; a variable whose value is empty counts as not set.
    public var environment: [String: String]  // bytes: names of ASCII
    /// The beginning of the names of variables, before `_`.
    public var prefix = "GUST"
    /// The path of the file that is read if no other one is named; it may be missing.
    public var file: String?
    /// The path of the file of variables in ``Mode/development``; it may be missing.
    public var environmentFile = ".env"
    /// Further sources, such as a store of secrets, behind all others.
    ///
    /// ``SettingsGroup/load(_:)`` calls `value(forKey:type:)` once for each setting that no other source has.
    public var providers: [any ConfigProvider] = []
    /// Receives each warning, as one line without a line break; the default writes to standard error.
    public var warn: @Sendable (String) -> Void = { StandardError.write("warning: \($0)\n") }

    /// The sources of this process.
    ///
    /// - Parameter file: The path of the file that is read if no other one is named; nil for none.
    public init(file: String? = nil) {
        self.init(
            arguments: Array(CommandLine.arguments.dropFirst()),
            environment: ProcessInfo.processInfo.environment,
            file: file
        )
    }

    /// Sources for tests: only these arguments and variables.
    ///
    /// - Parameters:
    ///   - arguments: The arguments, without the name of the program.
    ///   - environment: The variables.
    ///   - file: The path of the file that is read if no other one is named; nil for none.
    public init(arguments: [String], environment: [String: String] = [:], file: String? = nil) {
        self.arguments = arguments
        self.environment = environment
        self.file = file
    }
}
#endif
