import Foundation
import GustWire
import NIOCore
import Testing

/// Dates in arguments are ISO 8601 text, as in `JSON.stringify` of a `Date` in JavaScript, and as in JSON
/// bodies of HTTP.
@Suite struct DateTests {
    private struct Note: Codable, Equatable {
        var text = "a"
        var date = Date(timeIntervalSince1970: 1.5)
        var seen: [Date?] = [Date(timeIntervalSince1970: 0), nil]
    }

    private let noteText = #"{"text":"a","date":"1970-01-01T00:00:01.500Z","seen":["1970-01-01T00:00:00Z",null]}"#

    @Test func `a date is written as ISO 8601 text, also within a value`() throws {
        #expect(try JSONSlice.encode(Date(timeIntervalSince1970: 0)).description == #""1970-01-01T00:00:00Z""#)
        #expect(try JSONSlice.encode(Note()).description == noteText)
    }

    @Test func `a date is read with and without fractions of a second, also within a value`() throws {
        for (text, seconds) in [("1970-01-01T00:00:00Z", 0), ("1970-01-01T01:00:01.5+01:00", 1.5)] {
            let json = JSONSlice(trusted: ByteBuffer(string: "\"\(text)\""))
            #expect(try json.decode(Date.self).timeIntervalSince1970 == seconds)
            #expect(try json.decode(Date?.self)?.timeIntervalSince1970 == seconds)
        }
        #expect(try JSONSlice(trusted: ByteBuffer(string: noteText)).decode(Note.self) == Note())
    }

    @Test(arguments: ["0", #""today""#, #""2026-02-30T00:00:00Z""#])
    func `a value that isn't a date is refused`(text: String) {
        let json = JSONSlice(trusted: ByteBuffer(string: text))
        #expect(throws: DecodingError.self) { try json.decode(Date.self) }
        #expect(throws: DecodingError.self) { try json.decode([Date].self) }
    }

    @Test func `a date that ISO 8601 can't express is refused`() {
        for seconds in [-1e15, 1e15, .infinity, .nan] {
            let date = Date(timeIntervalSince1970: seconds)
            #expect(throws: EncodingError.self) { try JSONSlice.encode(date) }
            #expect(throws: EncodingError.self) { try JSONSlice.encode([date]) }
        }
    }
}
