import GustJSON
import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Decoding of JSON and form bodies.
extension Request {
    /// Decodes a JSON body.
    ///
    /// ```swift
    /// app.post("/posts") { request async throws in
    ///     let post = try await request.decode(Post.self)
    /// }
    /// ```
    /// A body of more than 4 KiB is decoded on another thread, by `offload(_:)`, because decoding 256 KiB takes up to 60 ms
    /// (measured with an array of numbers).
    /// - Parameters:
    ///   - type: The type to decode.
    ///   - limit: The maximum length of the body in bytes; nil means the limit of the middleware `BodyLimit`, or 256 KiB without
    ///     that middleware. The limit of the middleware can't be exceeded.
    ///   - decoder: The decoder; nil means the decoder of the middleware `JSONCoding`; without that middleware `JSONDecoding` decodes the
    ///     body, which reads dates as ISO 8601 text, and of two members with the same key the first.
    /// - Returns: The value.
    /// - Throws: ``HTTPError``: 415 if the type of the body isn't JSON, 413 if the body is too long, 400 if it isn't JSON, nests
    ///   deeper than 64 levels, or doesn't have the shape of `Value`. The message names the place of the problem. The errors of
    ///   ``RequestBody/collect(upTo:)`` and `offload(_:)` are thrown too.
    public func decode<Value: Decodable & SendableMetatype>(
        _ type: Value.Type = Value.self,
        upTo limit: Int? = nil,
        decoder: JSONDecoder? = nil
    ) async throws -> Value {
        guard
            hasType({ type in
                type.hasSameBytes(as: "application/json")
                    || (type.hasBytePrefix("application/") && type.hasByteSuffix("+json"))
            })
        else { throw HTTPError(.unsupportedMediaType, "the body must be application/json") }
        let body = try await body.collect(within: limit, otherwise: Self.defaultLimitOfJSON)
        let coders = JSONCoders.coders(for: self).replacing(decoder: decoder)
        guard body.readableBytes > Self.longestDecodedOnLoop else { return try Self.decode(type, from: body, coders) }
        return try await offload { HandedOver(value: try Self.decode(type, from: body, coders)) }.value
    }

    /// The default limit of JSON bodies, in bytes.
    private static let defaultLimitOfJSON = 256 * 1_024
    /// The maximum length of JSON that is decoded on the loop, in bytes; decoding it takes less than a millisecond.
    private static let longestDecodedOnLoop = 4 * 1_024

    private static func decode<Value: Decodable>(
        _ type: Value.Type,
        from body: ByteBuffer,
        _ coders: JSONCoders
    ) throws -> Value {
        do {
            return try coders.decode(type, from: body)
        } catch let error as JSONTextError {
            let isTooDeep = error.problem == .tooDeep
            let explanation = isTooDeep ? "nests deeper than \(JSONDepth.maximum) levels" : "isn't JSON"
            throw HTTPError(.badRequest, "the body \(explanation)")
        } catch let error as DecodingError {
            throw HTTPError(.badRequest, DecodingPlace.explanation(of: error))
        }
    }

    /// The fields of a form, decoded, in order, including repeated names.
    ///
    /// The body may be `application/x-www-form-urlencoded` or `multipart/form-data`. Files of a `multipart/form-data` body are
    /// dropped as they are received. To get fields and files in memory, use ``formData(upTo:)``; for large files, use
    /// ``parts(upTo:count:)``. At most `Query.maximumParameters` fields are read, or 100 parts.
    /// - Parameter limit: The maximum length of the body in bytes, including files; nil means the limit of the middleware
    ///   `BodyLimit`, or 1 MiB without that middleware. The limit of the middleware can't be exceeded.
    /// - Returns: The fields.
    /// - Throws: ``HTTPError``: 415 if the body has another type, 413 if the body is too long or has too many parts, 400 if its
    ///   parts are malformed.
    public func form(upTo limit: Int? = nil) async throws -> Query {
        if isMultipart { return try await collectParts(upTo: limit, withFiles: false).fields }
        guard hasURLEncodedForm else {
            throw HTTPError(
                .unsupportedMediaType,
                "the body must be application/x-www-form-urlencoded or multipart/form-data"
            )
        }
        let body = try await body.collect(within: limit)
        return Query(String(decoding: body.readableBytesView, as: UTF8.self))
    }

    /// Whether the type of the body is `application/x-www-form-urlencoded`.
    package var hasURLEncodedForm: Bool { hasType { $0.hasSameBytes(as: "application/x-www-form-urlencoded") } }

    private func hasType(_ isExpected: (String) -> Bool) -> Bool {
        guard let field = headers[.contentType] else { return false }
        let type = field.pieces(on: UInt8(ascii: ";"), maxSplits: 1).first ?? ""
        return isExpected(type.trimmingSpaces().lowercasedASCII())
    }
}

/// A value that is made on one thread and handed over to another thread.
///
/// `@unchecked Sendable`: the thread that decoded the value keeps no reference to it.
private struct HandedOver<Value>: @unchecked Sendable {
    let value: Value
}

/// The limit of the nesting depth of JSON.
package enum JSONDepth {
    /// The maximum nesting depth; it is limited because decoders recurse for each level.
    package static let maximum = 64

    /// Whether the text nests at most ``maximum`` levels deep; reads each byte once.
    package static func isShallow(_ text: some Sequence<UInt8>) -> Bool {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in text {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > maximum { return false }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return true
    }
}
