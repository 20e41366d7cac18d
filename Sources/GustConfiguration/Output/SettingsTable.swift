#if Configuration
/// The settings of a group as a table of Markdown, for documentation.
package enum SettingsTable {
    /// A row for each setting: its key, what is expected, its default, and its description.
    package static func rows<Group: SettingsGroup>(of type: Group.Type) -> [String] {
        SettingsLoading(SettingsSources(arguments: [])).declarations(of: type).map { declaration in
            let standard = declaration.standard.map { $0.utf8.isEmpty ? "(empty)" : $0 } ?? "required"
            return
                "| `\(declaration.key.text)` | \(declaration.expectation) | \(standard) | \(declaration.description) |"
        }
    }
}
#endif
