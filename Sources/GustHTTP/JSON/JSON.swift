import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A value to be sent as JSON.
///
/// Dates are ISO 8601 text in UTC, such as `2026-11-28T14:00:00Z`, with milliseconds unless they are zero; keys are sorted, so that
/// the same value is the same text; slashes aren't escaped. ``JSONCoding`` changes that for an application or a group, `encoder`
/// for one response.
public struct JSON<Value: Encodable>: ResponseConvertible {
    /// What is encoded.
    public var value: Value
    /// What encodes it; nil is that of ``JSONCoding``.
    public var encoder: JSONEncoder?

    /// Wraps `value`, to be encoded by `encoder`; nil is that of ``JSONCoding``.
    public init(_ value: Value, encoder: JSONEncoder? = nil) {
        self.value = value
        self.encoder = encoder
    }

    /// The value's JSON text as `application/json`.
    /// - Throws: `EncodingError` if the value can't be encoded.
    public func response(for request: Request) throws -> Response {
        let data = try (encoder ?? JSONCoding.coding(for: request).encoder).encode(value)
        return Response(headers: .json, body: .bytes(ByteBuffer(bytes: data)))
    }
}

extension JSON: Sendable where Value: Sendable {}
