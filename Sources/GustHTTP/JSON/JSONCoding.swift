import GustJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Says how the requests behind it write and read JSON: what ``JSON`` encodes with, and ``Request/decode(_:upTo:decoder:)`` decodes with.
///
/// ```swift
/// let encoder = JSONEncoder()
/// encoder.keyEncodingStrategy = .convertToSnakeCase
/// app.use(JSONCoding(encoder: encoder))
/// ```
///
/// Don't change an encoder or decoder after it was given away: several loops use it at a time.
public struct JSONCoding: Middleware {
    private enum Key: RequestStorageKey { typealias Value = JSONCoding }

    /// What is used without a middleware.
    private static let standard = JSONCoding()

    /// What encodes.
    public let encoder: JSONEncoder
    /// What decodes.
    public let decoder: JSONDecoder

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - encoder: what encodes; nil writes dates as ISO 8601, sorts keys and leaves slashes alone.
    ///   - decoder: what decodes; nil reads dates as ISO 8601, with or without fractions of a second.
    public init(encoder: JSONEncoder? = nil, decoder: JSONDecoder? = nil) {
        self.encoder = encoder ?? Self.makeEncoder()
        self.decoder = decoder ?? Self.makeDecoder()
    }

    /// Answers with what is behind it, which writes and reads JSON like this.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        request.storage[Key.self] = self
        return next.answer(request)
    }

    /// What a request writes and reads JSON with.
    static func coding(for request: Request) -> JSONCoding { request.storage[Key.self] ?? standard }

    private static func makeEncoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        encoder.dateEncodingStrategy = .iso8601Text
        return encoder
    }

    private static func makeDecoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601Text
        return decoder
    }
}
