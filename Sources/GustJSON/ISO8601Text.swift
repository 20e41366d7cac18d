#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Dates as ISO 8601 text, in the form that RFC 3339 §5.6 defines and JavaScript's `Date.prototype.toISOString` writes.
///
/// Foundation's `ISO8601FormatStyle` isn't used: it accepts any text that begins with a date, and the 30th of February.
package enum ISO8601Text {
    private static let secondsOfDay = 86_400

    /// The text of a date in UTC, rounded to milliseconds; nil outside of the years 0 to 9999.
    ///
    /// - Parameters:
    ///   - date: the date.
    ///   - hasFraction: whether the fraction of a second is written if it is zero, as `Date.prototype.toJSON` of JavaScript does.
    /// - Returns: the text.
    package static func text(_ date: Date, hasFraction: Bool = false) -> String? {
        let exact = (date.timeIntervalSince1970 * 1_000).rounded()
        // The first millisecond of the year 0, and the last of the year 9999.
        guard exact >= -62_167_219_200_000, exact <= 253_402_300_799_999 else { return nil }
        let milliseconds = Int(exact)
        let seconds = floored(milliseconds, 1_000)
        let day = floored(seconds, secondsOfDay)
        let (year, month, dayOfMonth) = CivilDate.civil(days: day)
        let time = seconds - day * secondsOfDay
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
        text += "T\(padded(time / 3_600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
        let fraction = milliseconds - seconds * 1_000
        if fraction > 0 || hasFraction { text += ".\(padded(fraction, 3))" }
        return text + "Z"
    }

    /// The date of a text: date, `T`, time, optionally a fraction of a second, and `Z` or an offset; nil for anything else.
    ///
    /// `T` and `Z` may be in either case. A fraction has up to 30 digits. Second 60 is read as second 0 of the next minute.
    package static func date(_ text: String) -> Date? {
        var rest = text.utf8[...]
        guard let year = number(&rest, 4), take(&rest, "-"), let month = number(&rest, 2), take(&rest, "-"),
            let day = number(&rest, 2), take(&rest, "T"), let hour = number(&rest, 2), take(&rest, ":"),
            let minute = number(&rest, 2), take(&rest, ":"), let second = number(&rest, 2),
            (1...12).contains(month), day >= 1, day <= CivilDate.length(ofMonth: month, in: year), hour < 24,
            minute < 60, second <= 60
        else { return nil }
        var fraction = 0.0
        if take(&rest, ".") {
            let digits = rest.prefix(while: isDigit)
            guard !digits.isEmpty, digits.count <= 30,
                let value = Double("0." + String(decoding: digits, as: UTF8.self))
            else { return nil }
            fraction = value
            rest = rest[digits.endIndex...]
        }
        var offset = 0
        if !take(&rest, "Z") {
            let isBehind = rest.first == UInt8(ascii: "-")
            guard take(&rest, "+") || take(&rest, "-"), let hours = number(&rest, 2), take(&rest, ":"),
                let minutes = number(&rest, 2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isBehind ? -60 : 60)
        }
        guard rest.isEmpty else { return nil }
        let seconds =
            CivilDate.days(year: year, month: month, day: day) * secondsOfDay + hour * 3_600 + minute * 60 + second
            - offset
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    // MARK: Text

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Removes `character` from the beginning of `rest`; a letter may be in either case (RFC 3339 §5.6).
    ///
    /// - Returns: `false` if `rest` begins with another byte; `rest` is unchanged then.
    private static func take(_ rest: inout Substring.UTF8View, _ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value || UInt32(first) == character.value | 0x20 else {
            return false
        }
        rest.removeFirst()
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func number(_ rest: inout Substring.UTF8View, _ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(isDigit) else { return nil }
        rest = rest[digits.endIndex...]
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    // MARK: The calendar

    private static func floored(_ number: Int, _ divisor: Int) -> Int {
        number / divisor - (number % divisor < 0 ? 1 : 0)
    }
}
