#if Configuration
import GustHTTP
public import Logging

extension String: SettingValue {
    /// "a text".
    public static var settingExpectation: String { "a text" }
    /// ``SettingKind/text``.
    public static var settingKind: SettingKind { .text }
    /// The text itself.
    public var settingText: String { self }

    /// The text itself.
    public init?(settingText text: String) { self = text }
}

extension Bool: SettingValue {
    /// "true or false".
    public static var settingExpectation: String { "true or false" }
    /// ``SettingKind/flag``.
    public static var settingKind: SettingKind { .flag }
    /// `true` or `false`.
    public var settingText: String { self ? "true" : "false" }

    /// Reads `true` or `false`; nil for all other texts, such as `yes` or `1`.
    public init?(settingText text: String) {
        if text.hasSameBytes(as: "true") {
            self = true
        } else if text.hasSameBytes(as: "false") {
            self = false
        } else {
            return nil
        }
    }
}

extension Int: SettingValue {
    /// "a whole number".
    public static var settingExpectation: String { "a whole number" }
    /// The number in decimal digits.
    public var settingText: String { "\(self)" }

    /// Reads decimal digits, possibly behind `-`.
    public init?(settingText text: String) {
        guard text.utf8.first != UInt8(ascii: "+"), let value = Int(text, radix: 10) else { return nil }
        self = value
    }
}

extension Double: SettingValue {
    /// "a number".
    public static var settingExpectation: String { "a number" }
    /// The number; a whole number has no fraction.
    public var settingText: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }

    /// Reads a decimal number, such as `0.5` or `2e3`; nil for infinity and texts such as `nan`.
    public init?(settingText text: String) {
        let isDecimal = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
        guard isDecimal, let value = Double(text), value.isFinite else { return nil }
        self = value
    }
}

extension Logger.Level: SettingValue {}
#endif
