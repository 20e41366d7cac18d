#if Configuration
/// Where an application runs: `GUST_MODE` or `--mode`.
public enum Mode: String, CaseIterable, SettingValue {
    /// On the machine of a developer: `.env` is read.
    case development
    /// Anywhere else; the default, so that nothing has to be set for safety.
    case production
}
#endif
