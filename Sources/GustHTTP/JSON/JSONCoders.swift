import GustJSON
package import NIOCore

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What encodes ``JSON`` and decodes bodies: `JSONEncoding` and `JSONDecoding`, unless an application has set an encoder or a
/// decoder of Foundation.
package struct JSONCoders: Sendable {
    private enum Key: RequestStorageKey { typealias Value = JSONCoders }

    /// The encoder and decoder that are used without the middleware `JSONCoding`.
    private static let standard = JSONCoders()

    private let encoder: JSONEncoder?
    private let decoder: JSONDecoder?

    /// Makes a pair; nil means the standard encoder or decoder.
    package init(encoder: JSONEncoder? = nil, decoder: JSONDecoder? = nil) {
        self.encoder = encoder
        self.decoder = decoder
    }

    /// Sets the encoder and decoder of a request.
    package func store(in request: inout Request) { request.storage[Key.self] = self }

    /// The encoder and decoder for a request.
    package static func coders(for request: Request) -> JSONCoders { request.storage[Key.self] ?? standard }

    /// The same pair with another encoder or decoder; nil means the one of this pair.
    package func replacing(encoder: JSONEncoder? = nil, decoder: JSONDecoder? = nil) -> JSONCoders {
        JSONCoders(encoder: encoder ?? self.encoder, decoder: decoder ?? self.decoder)
    }

    /// The JSON text of a value.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded.
    package func encode(_ value: some Encodable) throws -> ByteBuffer {
        guard let encoder else { return try JSONEncoding.encode(value, JSONStyle(sortsKeys: true)) }
        return ByteBuffer(bytes: try encoder.encode(value))
    }

    /// Decodes JSON text, which nests at most 64 levels deep.
    ///
    /// - Throws: ``JSONTextError`` if the text isn't JSON or nests too deep; `DecodingError` if it doesn't have the shape of the
    ///   type.
    package func decode<Value: Decodable>(_ type: Value.Type, from text: ByteBuffer) throws -> Value {
        guard let decoder else {
            do {
                return try JSONDecoding.decode(type, from: text)
            } catch DecodingError.dataCorrupted(let context) where context.underlyingError is JSONTextError {
                throw context.underlyingError ?? DecodingError.dataCorrupted(context)
            }
        }
        guard JSONDepth.isShallow(text.readableBytesView) else {
            throw JSONTextError(.tooDeep, at: 0)
        }
        do {
            return try decoder.decode(type, from: Data(text.readableBytesView))
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            // Foundation throws this both for text that isn't JSON and for a number that doesn't fit its type.
            let fault = text.withUnsafeReadableBytes { JSONDecoding.fault(in: $0) }
            throw fault ?? DecodingError.dataCorrupted(context)
        }
    }
}
