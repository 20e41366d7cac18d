#if Configuration
public import Logging

/// The settings of the log: `logging`.
///
/// ```swift
/// settings.gust.logging.bootstrap()
/// ```
public struct LoggingSettings: SettingsGroup {
    /// The form of the lines.
    public enum Format: String, CaseIterable, SettingValue {
        /// Text for people.
        case text
        /// A JSON object on each line, for programs.
        case json
    }

    /// The lowest level that is logged.
    @Setting("logging.level", "The lowest level that is logged") public var level = Logger.Level.info
    /// The form of the lines.
    @Setting("logging.format", "The form of the lines: for people, or a JSON object on each line")
    public var format = Format.text

    /// Makes the defaults.
    public init() {}

    /// Makes all loggers of the process write to standard error in this form, also those of libraries.
    ///
    /// Call it once, first in the program: swift-log ends a process that calls it twice.
    public func bootstrap() {
        LoggingSystem.bootstrap { handler($0) }
    }

    /// A logger that writes to standard error in this form, without ``bootstrap()``.
    public func logger(_ label: String) -> Logger { Logger(label: label) { handler($0) } }

    private func handler(_ label: String) -> any LogHandler {
        var handler: any LogHandler =
            switch format {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler(label: label, write: StandardError.write)
            }
        handler.logLevel = level
        return handler
    }
}
#endif
