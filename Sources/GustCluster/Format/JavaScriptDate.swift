import GustJSON

/// Dates as `Date.prototype.toString` of JavaScript writes them in a server whose time zone is UTC.
enum JavaScriptDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The text of a time after 1970, such as `Sun Nov 29 2026 14:25:39 GMT+0000 (Coordinated Universal Time)`.
    static func text(milliseconds: Int) -> String {
        let seconds = max(0, milliseconds) / 1_000
        let (day, time) = (seconds / 86_400, seconds % 86_400)
        let (year, month, dayOfMonth) = CivilDate.civil(days: day)
        // 1 January 1970 was a Thursday.
        let date = "\(weekdays[day % 7]) \(months[month - 1]) \(padded(dayOfMonth)) \(year)"
        let clock = "\(padded(time / 3_600)):\(padded(time / 60 % 60)):\(padded(time % 60))"
        return "\(date) \(clock) GMT+0000 (Coordinated Universal Time)"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
