#if Configuration
/// A setting as a group declares it: what a reading looks for, and what `--help` lists.
struct SettingDeclaration: Sendable {
    let key: SettingKey
    let description: String
    let expectation: String
    let kind: SettingKind
    /// The default as text; nil if the setting is required.
    let standard: String?
}
#endif
