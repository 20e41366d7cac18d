#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

// How Gust writes and reads dates in JSON: in bodies, sessions and arguments of events.

extension JSONEncoder.DateEncodingStrategy {
    /// Encodes a date as ISO 8601 text in UTC, with milliseconds unless they are zero.
    ///
    /// The strategy throws `EncodingError.invalidValue` for dates outside of the years 0 to 9999.
    package static var iso8601Text: JSONEncoder.DateEncodingStrategy {
        .custom { date, encoder in
            var container = encoder.singleValueContainer()
            guard let text = ISO8601Text.text(date) else {
                // The error holds a number instead of the date, because `Date.description` traps for some dates.
                throw EncodingError.invalidValue(
                    date.timeIntervalSince1970,
                    .init(codingPath: encoder.codingPath, debugDescription: "a date must be in the years 0 to 9999")
                )
            }
            try container.encode(text)
        }
    }
}

extension JSONDecoder.DateDecodingStrategy {
    /// Decodes a date from ISO 8601 text, with or without a fraction of a second.
    ///
    /// The strategy throws `DecodingError.dataCorrupted` for other texts.
    package static var iso8601Text: JSONDecoder.DateDecodingStrategy {
        .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = ISO8601Text.date(try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "a date must be ISO 8601 text, such as 2026-11-28T14:00:00Z"
                )
            }
            return date
        }
    }
}
