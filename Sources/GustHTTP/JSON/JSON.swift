import HTTPTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A value that is sent as JSON.
///
/// Dates are ISO 8601 text in UTC, such as `2026-11-28T14:00:00Z`, with milliseconds unless they are zero. Keys are sorted,
/// so that equal values have equal texts. Slashes aren't escaped. To change this for an application or a group of routes, use
/// the middleware `JSONCoding`; for one response, use `encoder`.
public struct JSON<Value: Encodable>: ResponseConvertible {
    /// The value to encode.
    package var value: Value
    /// The encoder; if nil, the encoder of the middleware `JSONCoding` is used.
    package var encoder: JSONEncoder?

    /// Wraps `value`, which `encoder` encodes; if `encoder` is nil, the encoder of the middleware `JSONCoding` is used.
    public init(_ value: Value, encoder: JSONEncoder? = nil) {
        self.value = value
        self.encoder = encoder
    }

    /// The JSON text of the value as `application/json`.
    /// - Throws: `EncodingError` if the value can't be encoded.
    public func response(for request: Request) throws -> Response {
        let text = try JSONCoders.coders(for: request).replacing(encoder: encoder).encode(value)
        return Response(prepared: .json, .body(.bytes(text)))
    }
}

extension JSON: Sendable where Value: Sendable {}
