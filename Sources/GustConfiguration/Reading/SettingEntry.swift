#if Configuration
import GustHTTP

/// A value as a source has it.
struct SettingEntry: Sendable {
    enum Content: Sendable {
        case text(String)
        case list([String])
        /// An argument without a value.
        case flag
        /// A value that no setting can have, such as a mapping inside of a list.
        case unusable(String)
    }

    let content: Content
    /// Where it is: an argument, a variable, or a file with a line.
    let place: String

    /// The value, checked.
    func value<Value: SettingValue>(_ request: SettingRequest<Value>) throws(SettingMistake) -> Value {
        guard let value = read(Value.self) else { throw mistake(request.expectation, Value.settingKind) }
        if let expectation = request.check(value) { throw mistake(expectation, Value.settingKind) }
        return value
    }

    private func read<Value: SettingValue>(_ type: Value.Type) -> Value? {
        switch content {
        case .text(let text): Value(settingText: text)
        case .list(let elements): Value.settingKind.isList ? Value(settingElements: elements) : nil
        case .flag: Value.settingKind == .flag ? Value(settingText: "true") : nil
        case .unusable: nil
        }
    }

    private func mistake(_ expectation: String, _ kind: SettingKind) -> SettingMistake {
        // What was found isn't shown if it could be a secret.
        guard !kind.isSecret else { return SettingMistake(place, "expected \(expectation)") }
        let found =
            switch content {
            case .text(let text): PrintableText.quoted(text)
            case .list(let elements): PrintableText.quoted(elements.joined(separator: ","))
            case .flag: "no value"
            case .unusable(let description): description
            }
        return SettingMistake(place, "expected \(expectation); found \(found)")
    }
}
#endif
