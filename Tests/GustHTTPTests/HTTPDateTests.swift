import GustHTTP
import Testing

/// Dates of HTTP (RFC 9110 §5.6.7).
@Suite struct HTTPDateTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        // The last second of a year, the leap days of 2000 and 2024, and the end of February in 2100, which has no leap day.
        (946_684_799, "Fri, 31 Dec 1999 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_735_689_600, "Wed, 01 Jan 2025 00:00:00 GMT"),
        // Before 1970, and in years of less than four digits.
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (-86_400, "Wed, 31 Dec 1969 00:00:00 GMT"),
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"), (-62_162_208_001, "Sun, 27 Feb 0000 23:59:59 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func `a date is written as IMF-fixdate and read back`(seconds: Int, text: String) {
        #expect(HTTPDate(seconds: seconds).description == text)
        #expect(HTTPDate(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `all three formats of the RFC are read`(text: String) {
        #expect(HTTPDate(text)?.seconds == 784_111_777)
    }

    // RFC 9110 §5.6.7.
    @Test(arguments: [("76", 2076), ("77", 1977), ("99", 1999), ("00", 2000), ("26", 2026)])
    func `a year of two digits is at most 50 years in the future`(digits: String, year: Int) throws {
        let now = try #require(HTTPDate("Sat, 28 Nov 2026 00:00:00 GMT"))
        let date = HTTPDate("Sunday, 06-Nov-\(digits) 08:49:37 GMT", now: now)
        #expect(date == HTTPDate("Sun, 06 Nov \(year) 08:49:37 GMT"))
    }

    @Test func `a leap second is read as the first second of the next minute`() {
        #expect(HTTPDate("Sat, 31 Dec 2016 23:59:60 GMT") == HTTPDate("Sun, 01 Jan 2017 00:00:00 GMT"))
    }

    @Test(arguments: [
        "", "yesterday", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Tue, 31 Nov 1994 08:49:37 GMT", "Mon, 29 Feb 2100 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 10000 08:49:37 GMT",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, 06 Nov 9223372036854775807 08:49:37 GMT",
        // Separators are bytes: a combining mark after a separator doesn't hide it, and makes the date invalid.
        "Sun,\u{301} 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37\u{301} GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
        // Longer than the maximum length of a date.
        "Sun, 06 Nov 1994 08:49:37             GMT",
    ])
    func `an invalid date isn't read`(text: String) {
        #expect(HTTPDate(text) == nil)
    }

    @Test func `an earlier date is less`() {
        #expect(HTTPDate(seconds: 1) < HTTPDate(seconds: 2))
        #expect(!(HTTPDate(seconds: 2) < HTTPDate(seconds: 2)))
    }
}
