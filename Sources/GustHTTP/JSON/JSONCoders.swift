import GustJSON

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The encoder of ``JSON`` and the decoder of ``Request/decode(_:upTo:decoder:)``.
package struct JSONCoders: Sendable {
    private enum Key: RequestStorageKey { typealias Value = JSONCoders }

    /// The encoder and decoder that are used without the middleware `JSONCoding`.
    private static let standard = JSONCoders()

    /// The encoder of responses.
    package let encoder: JSONEncoder
    /// The decoder of request bodies.
    package let decoder: JSONDecoder

    /// Makes a pair; nil means the standard encoder or decoder.
    package init(encoder: JSONEncoder? = nil, decoder: JSONDecoder? = nil) {
        self.encoder = encoder ?? Self.makeEncoder()
        self.decoder = decoder ?? Self.makeDecoder()
    }

    /// Sets the encoder and decoder of a request.
    package func store(in request: inout Request) { request.storage[Key.self] = self }

    /// The encoder and decoder for a request.
    package static func coders(for request: Request) -> JSONCoders { request.storage[Key.self] ?? standard }

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
