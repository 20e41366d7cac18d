import GustJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A middleware that sets the encoder of ``JSON`` and the decoder of ``Request/decode(_:upTo:decoder:)``.
///
/// ```swift
/// let encoder = JSONEncoder()
/// encoder.keyEncodingStrategy = .convertToSnakeCase
/// app.use(JSONCoding(encoder: encoder))
/// ```
///
/// An encoder or decoder must not be changed after it has been passed to this middleware, because several threads use it at
/// the same time.
public struct JSONCoding: Middleware {
    private enum Key: RequestStorageKey { typealias Value = JSONCoding }

    /// The encoder and decoder that are used without this middleware.
    private static let standard = JSONCoding()

    /// The encoder of responses.
    package let encoder: JSONEncoder
    /// The decoder of request bodies.
    package let decoder: JSONDecoder

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - encoder: The encoder; nil means one that writes dates as ISO 8601 text, sorts keys and doesn't escape slashes.
    ///   - decoder: The decoder; nil means one that reads dates as ISO 8601 text, with or without a fraction of a second.
    public init(encoder: JSONEncoder? = nil, decoder: JSONDecoder? = nil) {
        self.encoder = encoder ?? Self.makeEncoder()
        self.decoder = decoder ?? Self.makeDecoder()
    }

    /// Stores the encoder and decoder in the request, and answers with the answer of `next`.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        request.storage[Key.self] = self
        return next.answer(request)
    }

    /// The encoder and decoder for a request.
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
