#if Configuration
/// A property that is read from arguments, environment variables and files; its initial value is the default.
///
/// ```swift
/// struct DeskSettings: SettingsGroup {
///     @Setting("desk.title", "The name in the title of each page") var title = "Desk"
///     @Setting("desk.pageSize", "How many tickets a page shows", in: 1...100) var pageSize = 20
///     @Setting("desk.database", "The path of the database", isRequired: true) var database = ""
///     @Setting("desk.mailKey", "The key of the mail service") var mailKey: Secret?
/// }
/// ```
///
/// The key consists of names of ASCII letters and digits with dots between them. `desk.pageSize` is the argument `--desk-page-size`, the
/// variable `GUST_DESK_PAGE_SIZE`, and in files `pageSize` inside of `desk`. The value is read when the property is initialised by
/// ``SettingsGroup/load(_:)``; anywhere else it is the default.
@propertyWrapper
public struct Setting<Value: SettingValue>: Sendable {
    /// The value.
    public var wrappedValue: Value

    /// Declares a setting.
    ///
    /// - Parameters:
    ///   - wrappedValue: The default.
    ///   - key: The key.
    ///   - description: What the setting means, as one line of `--help`.
    ///   - isRequired: Whether a source must have a value; then the default isn't used.
    ///   - expecting: Checks a value: returns nil if it is right, and otherwise what is expected, such as "an even number".
    public init(
        wrappedValue: Value,
        _ key: String,
        _ description: String,
        isRequired: Bool = false,
        expecting: @escaping (Value) -> String? = { _ in nil }
    ) {
        self.wrappedValue = SettingsReading.read(
            SettingRequest(key, description, isRequired: isRequired, check: expecting),
            default: wrappedValue
        )
    }

    /// Declares a setting whose values are in a range.
    ///
    /// - Parameters:
    ///   - wrappedValue: The default.
    ///   - key: The key.
    ///   - description: What the setting means, as one line of `--help`.
    ///   - range: The values that are accepted.
    ///   - isRequired: Whether a source must have a value; then the default isn't used.
    public init(
        wrappedValue: Value,
        _ key: String,
        _ description: String,
        in range: ClosedRange<Value>,
        isRequired: Bool = false
    ) where Value: Comparable {
        self.wrappedValue = SettingsReading.read(
            SettingRequest(key, description, isRequired: isRequired, in: range),
            default: wrappedValue
        )
    }

    /// Declares a setting without a default, whose type is optional.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - description: What the setting means, as one line of `--help`.
    ///   - isRequired: Whether a source must have a value.
    ///   - expecting: Checks a value: returns nil if it is right, and otherwise what is expected, such as "an even number".
    public init(
        _ key: String,
        _ description: String,
        isRequired: Bool = false,
        expecting: @escaping (Value) -> String? = { _ in nil }
    ) where Value: ExpressibleByNilLiteral {
        self.init(wrappedValue: nil, key, description, isRequired: isRequired, expecting: expecting)
    }
}
#endif
