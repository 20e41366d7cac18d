#if Configuration
/// All mistakes in the settings of an application, one line each, without secrets.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// The mistakes: each line has the place and the key, what is expected, and, unless it could be a secret, what was found.
    public let mistakes: [String]

    /// All lines.
    public var description: String { mistakes.joined(separator: "\n") }
}
#endif
