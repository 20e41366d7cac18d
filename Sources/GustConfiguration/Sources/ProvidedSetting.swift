#if Configuration
import Configuration

/// Reads values from providers of swift-configuration.
enum ProvidedSetting {
    /// The entry for a key; nil if the provider has no value.
    ///
    /// A provider converts values to the type that is asked for, or throws. Which types it has isn't known, so they are tried in turn.
    static func entry(
        for key: SettingKey,
        _ kind: SettingKind,
        from provider: any ConfigProvider
    ) -> Result<SettingEntry, SettingMistake>? {
        let types: [ConfigType] =
            kind.isList ? [.stringArray, .intArray, .doubleArray] : [.string, .int, .double, .bool]
        let absolute = AbsoluteConfigKey(key.components)
        var hasFailed = false
        for type in types {
            do {
                guard let value = try provider.value(forKey: absolute, type: type).value else { return nil }
                return .success(SettingEntry(content: content(value.content), place: provider.providerName))
            } catch {
                // The error may contain the value, which may be a secret.
                hasFailed = true
            }
        }
        return hasFailed ? .failure(SettingMistake(provider.providerName, "the provider can't convert the value")) : nil
    }

    private static func content(_ content: ConfigContent) -> SettingEntry.Content {
        switch content {
        case .string(let text): .text(text)
        case .int(let number): .text("\(number)")
        case .double(let number): .text(number.settingText)
        case .bool(let flag): .text(flag.settingText)
        case .stringArray(let texts): .list(texts)
        case .intArray(let numbers): .list(numbers.map { "\($0)" })
        case .doubleArray(let numbers): .list(numbers.map(\.settingText))
        case .boolArray, .bytes, .byteChunkArray: .unusable("bytes")
        }
    }
}
#endif
