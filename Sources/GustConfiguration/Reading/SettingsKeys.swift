#if Configuration
/// Reads settings into properties of other types, in the initialiser of a group.
///
/// ```swift
/// struct MailSettings: SettingsGroup {
///     var client = MailClient.Options()
///
///     init() {
///         let keys = SettingsKeys("mail")
///         keys.read("host", into: &client.host, "The name of the mail server")
///         keys.read("timeout", into: &client.timeout, "How long a mail may take")
///     }
/// }
/// ```
///
/// The values of the properties are the defaults. Outside of ``SettingsGroup/load(_:)`` nothing is changed.
public struct SettingsKeys: Sendable {
    private let prefix: String

    /// Makes a reader of the keys below `prefix`.
    public init(_ prefix: String) { self.prefix = prefix }

    /// Reads a setting.
    ///
    /// - Parameters:
    ///   - name: The key behind the prefix.
    ///   - value: The default, which is replaced.
    ///   - description: What the setting means, as one line of `--help`.
    ///   - isRequired: Whether a source must have a value.
    ///   - expecting: Checks a value: returns nil if it is right, and otherwise what is expected.
    public func read<Value: SettingValue>(
        _ name: String,
        into value: inout Value,
        _ description: String,
        isRequired: Bool = false,
        expecting: @escaping (Value) -> String? = { _ in nil }
    ) {
        let request = SettingRequest("\(prefix).\(name)", description, isRequired: isRequired, check: expecting)
        value = SettingsReading.read(request, default: value)
    }

    /// Reads a setting whose values are in a range.
    ///
    /// - Parameters:
    ///   - name: The key behind the prefix.
    ///   - value: The default, which is replaced.
    ///   - description: What the setting means, as one line of `--help`.
    ///   - range: The values that are accepted.
    public func read<Value: SettingValue & Comparable>(
        _ name: String,
        into value: inout Value,
        _ description: String,
        in range: ClosedRange<Value>
    ) {
        value = SettingsReading.read(SettingRequest("\(prefix).\(name)", description, in: range), default: value)
    }

    /// Reads a size into a number of bytes.
    ///
    /// - Parameters:
    ///   - name: The key behind the prefix.
    ///   - bytes: The default, which is replaced.
    ///   - description: What the setting means, as one line of `--help`.
    ///   - range: The sizes that are accepted.
    public func readSize(
        _ name: String,
        into bytes: inout Int,
        _ description: String,
        in range: ClosedRange<ByteCount> = ByteCount(1)...ByteCount(.max)
    ) {
        var size = ByteCount(bytes)
        read(name, into: &size, description, in: range)
        bytes = size.bytes
    }

    /// Reads a setting whose default differs from machine to machine: `standard` is its text in lists of the keys.
    func read<Value: SettingValue & Comparable>(
        _ name: String,
        into value: inout Value,
        _ description: String,
        in range: ClosedRange<Value>,
        standard: String
    ) {
        let request = SettingRequest("\(prefix).\(name)", description, standard: standard, in: range)
        value = SettingsReading.read(request, default: value)
    }
}
#endif
