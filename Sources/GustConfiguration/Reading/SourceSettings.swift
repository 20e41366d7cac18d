#if Configuration
/// The settings that say which sources there are; only arguments and environment variables can have them.
struct SourceSettings: SettingsGroup {
    @Setting("config", "The file with settings, in JSON or YAML") var file: String?
    @Setting("envFile", "The file with variables") var environmentFile: String?
}
#endif
