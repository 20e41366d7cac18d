import GustJSON

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A date of HTTP, in whole seconds (RFC 9110 §5.6.7).
package struct HTTPDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int

    /// Makes a date of the seconds since 1970-01-01T00:00:00Z.
    package init(seconds: Int) { self.seconds = seconds }

    /// The current time of the system's real-time clock.
    package static var now: HTTPDate {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return HTTPDate(seconds: time.tv_sec)
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads a date in one of the three formats of RFC 9110 §5.6.7: IMF-fixdate, RFC 850 and asctime.
    ///
    /// nil for other texts; callers ignore such a field.
    /// - Parameters:
    ///   - text: the text of a field.
    ///   - now: the time by which the century of a year with two digits is chosen.
    package init?(_ text: String, now: @autoclosure () -> HTTPDate = .now) {
        guard text.utf8.count <= 40 else { return nil }
        let words = text.utf8.split { " ,-:".utf8.contains($0) }.map { String(Substring($0)) }
        // Sun 06 Nov 1994 08 49 37 GMT · Sunday 06 Nov 94 08 49 37 GMT · Sun Nov 6 08 49 37 1994
        let fields: [String]
        if words.count == 8, words[7].hasSameBytes(as: "GMT") {
            fields = [words[3], words[2], words[1], words[4], words[5], words[6]]
        } else if words.count == 7 {
            fields = [words[6], words[1], words[2], words[3], words[4], words[5]]
        } else {
            return nil
        }
        guard let month = Self.months.firstIndex(where: fields[1].hasSameBytes),
            var year = Self.number(fields[0]), year <= 9_999,
            let day = Self.number(fields[2]),
            let hour = Self.number(fields[3]), hour <= 23,
            let minute = Self.number(fields[4]), minute <= 59,
            let second = Self.number(fields[5]), second <= 60
        else { return nil }
        if fields[0].utf8.count == 2 {
            let thisYear = CivilDate.civil(days: now().seconds / 86_400).year
            year += thisYear / 100 * 100
            // RFC 9110 §5.6.7: a year that is more than 50 years ahead is the last one with these digits.
            if year > thisYear + 50 { year -= 100 }
        }
        guard day >= 1, day <= CivilDate.length(ofMonth: month + 1, in: year) else { return nil }
        seconds = CivilDate.days(year: year, month: month + 1, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// The IMF-fixdate, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    package var description: String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let weekday = ((days + 4) % 7 + 7) % 7
        let (year, month, day) = CivilDate.civil(days: days)
        return "\(Self.weekdays[weekday]), \(Self.padded(day)) \(Self.months[month - 1]) \(Self.padded(year, to: 4)) "
            + "\(Self.padded(rest / 3_600)):\(Self.padded(rest / 60 % 60)):\(Self.padded(rest % 60)) GMT"
    }

    package static func < (left: HTTPDate, right: HTTPDate) -> Bool { left.seconds < right.seconds }

    /// The number in `text`; nil if `text` has other characters than digits, such as a sign.
    private static func number(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private static func padded(_ number: Int, to width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
