#if Configuration
/// Durations are whole numbers with a unit: `500ms`, `30s`, `5m`, `2h`, `14d`.
extension Duration: SettingValue {
    private static let units: [(name: String, factor: Int)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]

    /// "a duration such as 500ms or 30s".
    public static var settingExpectation: String { "a duration such as 500ms or 30s" }

    /// The duration in the largest unit of which it is a multiple; a part of a nanosecond is left out.
    public var settingText: String {
        let (seconds, attoseconds) = components
        let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return "\(seconds)s" }
        return UnitText.text(whole + Int(attoseconds / 1_000_000_000), Self.units, zero: "0s")
    }

    /// Reads a whole number with a unit; nil if the unit is missing.
    public init?(settingText text: String) {
        guard let nanoseconds = UnitText(text)?.product(Self.units) else { return nil }
        self = .nanoseconds(nanoseconds)
    }
}
#endif
