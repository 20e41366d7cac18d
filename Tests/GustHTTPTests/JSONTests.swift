import Foundation
import GustJSON
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustHTTP

/// JSON in responses and bodies: dates, the order of keys, and custom encoders.
@Suite struct JSONTests {
    private struct Note: Codable, Equatable {
        var text = "a/b"
        var date = Date(timeIntervalSince1970: 0)
        var author = "ada"
    }

    private func request(_ body: String = "") throws -> Request {
        Request(
            method: .post,
            target: try #require(RequestTarget("/")),
            headers: [.contentType: "application/json"],
            body: RequestBody(ByteBuffer(string: body)),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
    }

    private func text(_ response: Response) throws -> String {
        guard case .bytes(let bytes) = response.body else { throw HTTPError(.internalServerError, "no bytes") }
        return String(buffer: bytes)
    }

    @Test func `dates are written as ISO 8601 text, keys are sorted, slashes aren't escaped`() throws {
        let response = try JSON(Note()).response(for: request())
        #expect(try text(response) == #"{"author":"ada","date":"1970-01-01T00:00:00Z","text":"a/b"}"#)
    }

    @Test func `dates are read with and without fractions of a second`() async throws {
        for (date, seconds) in [("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01.5Z", 1.5)] {
            let note = try await request(#"{"author":"ada","date":"\#(date)","text":""}"#).decode(Note.self)
            #expect(note.date.timeIntervalSince1970 == seconds)
        }
        await #expect { try await request(#"{"author":"","date":0,"text":""}"#).decode(Note.self) } throws: {
            "\($0)" == "400 a value of type String is expected: date"
        }
        await #expect { try await request(#"{"author":"","date":"today","text":""}"#).decode(Note.self) } throws: {
            "\($0)" == "400 a value is invalid: date"
        }
    }

    @Test func `an encoder and a decoder can be set for one call or for a request`() async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.dateEncodingStrategy = .secondsSince1970
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        let expected = #"{"author":"ada","date":0,"text":"a\/b"}"#
        #expect(try text(JSON(Note(), encoder: encoder).response(for: request())) == expected)
        #expect(try await request(expected).decode(Note.self, decoder: decoder) == Note())

        let echo = SuspendingHandler { request in JSON(try await request.decode(Note.self)) }
        var request = try request(expected)
        JSONCoders(encoder: encoder, decoder: decoder).store(in: &request)
        #expect(try await text(echo.answer(request).response()) == expected)
    }

    @Test func `text that isn't JSON, text that nests too deep and a number that doesn't fit are told apart`()
        async throws
    {
        struct Small: Decodable { var list: [Int8] }
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        let decoder = JSONDecoder()
        for (body, standard, custom) in [
            (#"{"list":[1,300]}"#, "a value is invalid: list[1]", "a value is invalid"),
            (
                #"{"list":[1,"a"]}"#, "a value of type Int8 is expected: list[1]",
                "a value of type Int8 is expected: list[1]"
            ),
            (#"{"list":[1,"#, "the body isn't JSON", "the body isn't JSON"),
            (deep, "the body nests deeper than 64 levels", "the body nests deeper than 64 levels"),
        ] {
            await #expect { try await request(body).decode(Small.self) } throws: { "\($0)" == "400 \(standard)" }
            await #expect { try await request(body).decode(Small.self, decoder: decoder) } throws: {
                "\($0)" == "400 \(custom)"
            }
        }
    }

    @Test func `a body is checked strictly unless it has a decoder of its own`() async throws {
        await #expect { try await request("[1,]").decode([Int].self) } throws: { "\($0)" == "400 the body isn't JSON" }
        #expect(try await request("[1,]").decode([Int].self, decoder: JSONDecoder()) == [1])
        #expect(try await request(#"["\ud800"]"#).decode([String].self) == ["\u{FFFD}"])
    }

    @Test func `JSON of more than 256 KiB is refused unless a higher limit is set`() async throws {
        let long = "\"\(String(repeating: "a", count: 256 * 1_024))\""
        await #expect { try await request(long).decode(String.self) } throws: {
            ($0 as? HTTPError)?.status == .contentTooLarge
        }
        #expect(try await request(long).decode(String.self, upTo: 1 << 20).utf8.count == 256 * 1_024)
        var limited = try request(long)
        limited.body.limit(to: 1 << 20)
        #expect(try await limited.decode(String.self).utf8.count == 256 * 1_024)
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00Z"), (-0.001, "1969-12-31T23:59:59.999Z"), (0.0004, "1970-01-01T00:00:00Z"),
        (951_782_400, "2000-02-29T00:00:00Z"), (1_795_874_400.123, "2026-11-28T14:00:00.123Z"),
        (-62_167_219_200, "0000-01-01T00:00:00Z"), (253_402_300_799.999, "9999-12-31T23:59:59.999Z"),
    ])
    func `a date is written as text and read back`(seconds: Double, text: String) throws {
        #expect(ISO8601Text.text(Date(timeIntervalSince1970: seconds)) == text)
        let read = try #require(ISO8601Text.date(text)).timeIntervalSince1970
        #expect(abs(read - seconds) < 0.001)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, 253_402_300_800, -62_167_219_201])
    func `encoding a date outside of the years 0 to 9999 throws`(seconds: Double) throws {
        #expect(ISO8601Text.text(Date(timeIntervalSince1970: seconds)) == nil)
        let request = try request()
        #expect(throws: EncodingError.self) {
            try JSON(Date(timeIntervalSince1970: seconds)).response(for: request)
        }
    }

    @Test(arguments: [
        ("2026-11-28T14:00:00+02:00", 1_795_867_200.0), ("2026-11-28T14:00:00-00:30", 1_795_876_200),
        ("2026-11-28t14:00:00.5z", 1_795_874_400.5), ("2026-11-28T14:00:00.123456789Z", 1_795_874_400.123456789),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
    ])
    func `offsets, lower case, fractions and leap seconds of RFC 3339 are read`(text: String, seconds: Double) {
        #expect(ISO8601Text.date(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-28", "2026-11-28T14:00:00", "2026-11-28T14:00:00Zjunk", "2026-11-28T14:00:00ZZ",
        "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-11-00T00:00:00Z", "2026-11-28T24:00:00Z", "2026-11-28T14:60:00Z", "2026-11-28T14:00:61Z",
        "2026-11-28T14:00:00.Z", "2026-11-28T14:00:00+2:00", "2026-11-28T14:00:00+0200", "2026-11-28T14:00:00+24:00",
        " 2026-11-28T14:00:00Z", "2026-11-28 14:00:00Z", "2026\u{2010}11-28T14:00:00Z", "٢٠٢٦-11-28T14:00:00Z",
        "2026-11-28T14:00:00Z\u{301}", "+026-11-28T14:00:00Z",
        "2026-11-28T14:00:00.\(String(repeating: "9", count: 31))Z",
    ])
    func `a text that isn't a date of RFC 3339 is refused`(text: String) {
        #expect(ISO8601Text.date(text) == nil)
    }

    @Test(arguments: 0..<20)
    func `Foundation reads the dates that Gust writes, and Gust reads those of Foundation`(seed: UInt64) throws {
        var generator = SystemRandomNumberGenerator()
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<100 {
            let date = Date(
                timeIntervalSince1970: Double(
                    Int.random(in: -2_000_000_000_000...200_000_000_000_000, using: &generator)
                ) / 1_000
            )
            let text = try #require(ISO8601Text.text(date))
            let full = text.utf8.contains(UInt8(ascii: ".")) ? text : text.dropLast() + ".000Z"
            #expect(abs(try style.parse(String(full)).timeIntervalSince(date)) < 0.002, "\(text)")
            #expect(abs(try #require(ISO8601Text.date(style.format(date))).timeIntervalSince(date)) < 0.002, "\(text)")
        }
    }
}
