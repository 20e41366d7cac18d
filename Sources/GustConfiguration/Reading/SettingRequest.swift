#if Configuration
/// What a group says about a setting besides its default.
struct SettingRequest<Value: SettingValue> {
    let key: String
    let description: String
    let isRequired: Bool
    /// What is expected of values.
    let expectation: String
    /// The default as text, if it differs from machine to machine.
    let standard: String?
    /// What is expected of a value that isn't right; nil if it is right.
    let check: (Value) -> String?

    init(
        _ key: String,
        _ description: String,
        isRequired: Bool = false,
        standard: String? = nil,
        check: @escaping (Value) -> String? = { _ in nil }
    ) {
        self.key = key
        self.description = description
        self.isRequired = isRequired
        self.standard = standard
        self.check = check
        expectation = Value.settingExpectation
    }

    init(
        _ key: String,
        _ description: String,
        isRequired: Bool = false,
        standard: String? = nil,
        in range: ClosedRange<Value>
    ) where Value: Comparable {
        let (lower, upper) = (range.lowerBound.settingText, range.upperBound.settingText)
        let hasNoEnd = range.upperBound as? Int == .max || (range.upperBound as? ByteCount)?.bytes == .max
        let bounds = hasNoEnd ? "at least \(lower)" : "from \(lower) to \(upper)"
        let expectation = "\(Value.settingExpectation), \(bounds)"
        self.key = key
        self.description = description
        self.isRequired = isRequired
        self.standard = standard
        self.expectation = expectation
        check = { range.contains($0) ? nil : expectation }
    }
}
#endif
