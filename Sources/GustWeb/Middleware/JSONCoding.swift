public import GustHTTP

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A middleware that sets the encoder of `JSON` and the decoder of `Request.decode(_:upTo:decoder:)`.
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
    private let coders: JSONCoders

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - encoder: The encoder; nil means one that writes dates as ISO 8601 text, sorts keys and doesn't escape slashes.
    ///   - decoder: The decoder; nil means one that reads dates as ISO 8601 text, with or without a fraction of a second.
    public init(encoder: JSONEncoder? = nil, decoder: JSONDecoder? = nil) {
        coders = JSONCoders(encoder: encoder, decoder: decoder)
    }

    /// Stores the encoder and decoder in the request, and answers with the answer of `next`.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        coders.store(in: &request)
        return next.answer(request)
    }
}
