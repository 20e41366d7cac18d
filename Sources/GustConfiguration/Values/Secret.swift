#if Configuration
/// A text that is never printed or logged: its description is `<secret>`, also in the description of a value that contains it.
///
/// A setting of this type can also be given as a file: the variable `GUST_DESK_MAIL_KEY_FILE`, the argument `--desk-mail-key-file` and the key
/// `desk.mailKeyFile` name a file whose contents, without a line break at the end, are `desk.mailKey`.
public struct Secret: SettingValue, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// "a secret".
    public static var settingExpectation: String { "a secret" }
    /// ``SettingKind/secret``.
    public static var settingKind: SettingKind { .secret }

    /// The secret text itself; don't print or log it.
    public let value: String

    /// `<secret>`.
    public var settingText: String { "<secret>" }
    /// `<secret>`.
    public var description: String { "<secret>" }
    /// `<secret>`.
    public var debugDescription: String { "<secret>" }
    /// Without children, so that `dump` doesn't print the text.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Makes a secret.
    public init(_ value: String) { self.value = value }

    /// Reads any text but an empty one.
    public init?(settingText text: String) {
        guard !text.utf8.isEmpty else { return nil }
        self.init(text)
    }
}
#endif
