#if Configuration
import GustHTTP

/// A type of settings.
///
/// The types of settings are `String`, `Bool`, `Int`, `Double`, `Duration`, ``ByteCount``, ``Secret``, optional values and lists of these. An
/// enumeration of texts becomes one by its declaration:
///
/// ```swift
/// enum Theme: String, CaseIterable, SettingValue { case light, dark }
/// ```
public protocol SettingValue: Sendable {
    /// What is expected, for messages, such as "a duration such as 30s".
    static var settingExpectation: String { get }
    /// How values are written; the default is ``SettingKind/other``.
    static var settingKind: SettingKind { get }
    /// The value as text, which ``init(settingText:)`` reads.
    var settingText: String { get }

    /// Reads a value; nil if the text isn't what is expected.
    init?(settingText text: String)
    /// Reads a list; nil if an element isn't what is expected, or if the type has no lists.
    init?(settingElements elements: [String])
}

extension SettingValue {
    /// ``SettingKind/other``.
    public static var settingKind: SettingKind { .other }

    /// Nil, because the type has no lists.
    public init?(settingElements elements: [String]) { nil }
}

extension SettingValue where Self: RawRepresentable<String> & CaseIterable {
    /// The list of all cases.
    public static var settingExpectation: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }
    /// The raw value.
    public var settingText: String { rawValue }

    /// The case with this raw value; nil if there is none.
    public init?(settingText text: String) {
        guard let value = Self.allCases.first(where: { $0.rawValue.hasSameBytes(as: text) }) else { return nil }
        self = value
    }
}
#endif
