#if Configuration
/// The text of `--help`: all settings with their names, types, defaults and descriptions.
enum SettingsHelp {
    static func text(_ declarations: [SettingDeclaration], prefix: String) -> String {
        var text = """
            Each setting is an argument, an environment variable, or a key in a file of JSON or YAML.
            The argument is used before the variable, and the variable before the file.

              GUST_MODE
                    Where the application runs, an environment variable only: \(Mode.settingExpectation) (default:
                    production). In development, the file .env is read.
              --help
                    Prints this text.
              --print-configuration
                    Prints all settings with their values and where these come from.

            """
        for declaration in declarations {
            let key = declaration.key
            let standard = declaration.standard.map { "default: \($0.utf8.isEmpty ? "(empty)" : $0)" } ?? "required"
            text += """

                  \(key.argument)
                        \(declaration.description).
                        \(key.variable(prefix)), \(key.text): \(declaration.expectation); \(standard)
                """
            if declaration.kind.isSecret {
                text += "\n            \(key.ofFile.argument), \(key.ofFile.variable(prefix)): a file with it"
            }
            text += "\n"
        }
        return text
    }
}
#endif
