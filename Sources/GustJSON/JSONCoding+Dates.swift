#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

// Dates in all JSON of the house: bodies, sessions, arguments of events.

extension JSONEncoder.DateEncodingStrategy {
    /// Text of ISO 8601 in UTC, with milliseconds unless they are zero.
    package static var iso8601Text: JSONEncoder.DateEncodingStrategy {
        .custom { date, encoder in
            var container = encoder.singleValueContainer()
            guard let text = ISO8601Text.text(date) else {
                // Not the date itself: Foundation can't describe every date without a trap.
                throw EncodingError.invalidValue(
                    date.timeIntervalSince1970,
                    .init(codingPath: encoder.codingPath, debugDescription: "ISO 8601 has the years 0 to 9999")
                )
            }
            try container.encode(text)
        }
    }
}

extension JSONDecoder.DateDecodingStrategy {
    /// Text of ISO 8601, with or without fractions of a second.
    package static var iso8601Text: JSONDecoder.DateDecodingStrategy {
        .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = ISO8601Text.date(try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "a date is ISO 8601 text, such as 2026-11-28T14:00:00Z"
                )
            }
            return date
        }
    }
}
