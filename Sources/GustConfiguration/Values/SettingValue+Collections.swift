#if Configuration
import GustHTTP

/// A setting that may have no value.
///
/// The text `none` means no value, except for texts and secrets.
extension Optional: SettingValue where Wrapped: SettingValue {
    /// What is expected of a value, or `none`.
    public static var settingExpectation: String {
        acceptsNone ? "\(Wrapped.settingExpectation), or none" : Wrapped.settingExpectation
    }
    /// The kind of the value.
    public static var settingKind: SettingKind { Wrapped.settingKind }
    /// The text of the value; `none` without a value, and `(none)` if `none` is a value.
    public var settingText: String { self?.settingText ?? (Self.acceptsNone ? "none" : "(none)") }

    private static var acceptsNone: Bool {
        switch Wrapped.settingKind {
        case .other, .flag: true
        case .text, .secret, .list, .secretList: false
        }
    }

    /// Reads a value, or `none`.
    public init?(settingText text: String) {
        if Self.acceptsNone, text.hasSameBytes(as: "none") {
            self = .none
            return
        }
        guard let value = Wrapped(settingText: text) else { return nil }
        self = .some(value)
    }

    /// Reads a list.
    public init?(settingElements elements: [String]) {
        guard let value = Wrapped(settingElements: elements) else { return nil }
        self = .some(value)
    }
}

extension Array: SettingValue where Element: SettingValue {
    /// What is expected of each element.
    public static var settingExpectation: String { "a list, each element \(Element.settingExpectation)" }
    /// ``SettingKind/list``, or ``SettingKind/secretList`` for secrets.
    public static var settingKind: SettingKind { Element.settingKind.isSecret ? .secretList : .list }
    /// The elements with commas between them; `(empty)` for an empty list.
    public var settingText: String { isEmpty ? "(empty)" : map(\.settingText).joined(separator: ",") }

    /// Reads elements with commas between them; blanks around an element are left out.
    ///
    /// Without text, the list is empty. It is nil if there is nothing between two commas, which is rather a mistake than an empty text.
    public init?(settingText text: String) {
        let pieces = text.pieces(on: UInt8(ascii: ",")).map { String($0.trimmingSpaces()) }
        guard pieces.count > 1 || pieces.first?.utf8.isEmpty == false else {
            self = []
            return
        }
        guard !pieces.contains(where: \.utf8.isEmpty) else { return nil }
        self.init(settingElements: pieces)
    }

    /// Reads each element; nil if one of them isn't what is expected.
    public init?(settingElements elements: [String]) {
        var values: [Element] = []
        for element in elements {
            guard let value = Element(settingText: element) else { return nil }
            values.append(value)
        }
        self = values
    }
}
#endif
