import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Bodies as values.
extension Request {
    /// The body, which is JSON, as a value.
    ///
    /// ```swift
    /// app.post("/posts") { request async throws in
    ///     let post = try await request.decode(Post.self)
    /// }
    /// ```
    /// A body of more than 4 KiB is decoded away from the loop, by `offload(_:)`: 256 KiB take up to 60 ms (measured, an array of
    /// numbers).
    /// - Parameters:
    ///   - type: what the body shall be.
    ///   - limit: the most bytes accepted; nil is what the middleware `BodyLimit` says, without it 256 KiB.
    ///   - decoder: what decodes; nil is that of ``JSONCoding``, which reads dates as ISO 8601.
    /// - Returns: the value.
    /// - Throws: ``HTTPError``: 415 if the body's type isn't JSON, 413 if it is too long, 400 if it isn't JSON, nests deeper
    ///   than 64 levels, or is JSON of another shape; its text says where.
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
        let decoder = decoder ?? JSONCoding.coding(for: self).decoder
        guard body.readableBytes > Self.longestDecodedOnLoop else { return try Self.decode(type, from: body, decoder) }
        return try await offload { HandedOver(value: try Self.decode(type, from: body, decoder)) }.value
    }

    /// How long JSON may be unless said otherwise.
    private static let defaultLimitOfJSON = 256 * 1_024
    /// How long JSON is decoded on the loop, in less than a millisecond.
    private static let longestDecodedOnLoop = 4 * 1_024

    private static func decode<Value: Decodable>(
        _ type: Value.Type,
        from body: ByteBuffer,
        _ decoder: JSONDecoder
    ) throws -> Value {
        guard JSONDepth.isShallow(body.readableBytesView) else {
            throw HTTPError(.badRequest, "the body nests deeper than \(JSONDepth.maximum) levels")
        }
        do {
            return try decoder.decode(type, from: Data(body.readableBytesView))
        } catch let error as DecodingError {
            throw HTTPError(.badRequest, explanation(of: error, in: body))
        }
    }

    /// The fields of a form, which is the body: decoded, in order, repeated names kept.
    ///
    /// Both types that browsers send are read. Files of a `multipart/form-data` body are dropped as they arrive; see
    /// ``formData(upTo:)`` for both, in memory, and ``parts(upTo:count:)`` for large ones.
    /// - Parameter limit: the most bytes accepted, files included; nil is what the middleware `BodyLimit` says, without it
    ///   1 MiB. At most ``Query/maximumParameters`` fields are read, or 100 parts.
    /// - Returns: the fields.
    /// - Throws: ``HTTPError``: 415 if the body is neither `application/x-www-form-urlencoded` nor `multipart/form-data`, 413
    ///   if it is too long, 400 if its parts aren't made as the type says.
    public func form(upTo limit: Int? = nil) async throws -> Query {
        if isMultipart { return try await collectParts(upTo: limit, withFiles: false).fields }
        guard hasType({ $0.hasSameBytes(as: "application/x-www-form-urlencoded") }) else {
            throw HTTPError(
                .unsupportedMediaType,
                "the body must be application/x-www-form-urlencoded or multipart/form-data"
            )
        }
        let body = try await body.collect(within: limit)
        return Query(String(decoding: body.readableBytesView, as: UTF8.self))
    }

    private func hasType(_ isExpected: (String) -> Bool) -> Bool {
        guard let field = headers[.contentType] else { return false }
        let type = field.pieces(on: UInt8(ascii: ";"), maxSplits: 1).first ?? ""
        return isExpected(type.trimmingSpaces().lowercasedASCII())
    }

    /// Whether the body is JSON, which Foundation also denies, without a path, where a number doesn't fit its type.
    private static func isJSON(_ body: ByteBuffer) -> Bool {
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        do {
            _ = try JSONDecoder().decode(Anything.self, from: Data(body.readableBytesView))
            return true
        } catch {
            return false
        }
    }

    /// What is wrong with the body, without repeating any of it.
    private static func explanation(of error: DecodingError, in body: ByteBuffer) -> String {
        let (problem, path): (String, [any CodingKey]) =
            switch error {
            case .keyNotFound(let key, let context): ("a value is missing", context.codingPath + [key])
            case .typeMismatch(let type, let context): ("a value of type \(type) is expected", context.codingPath)
            case .valueNotFound(let type, let context): ("a value of type \(type) is expected", context.codingPath)
            case .dataCorrupted(let context):
                (isJSON(body) ? "a value isn't as expected" : "the body isn't JSON", context.codingPath)
            @unknown default: ("the body isn't as expected", [])
            }
        guard !path.isEmpty else { return problem }
        let place = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
        return "\(problem): \(place.hasBytePrefix(".") ? String(place.dropFirst()) : place)"
    }
}

/// A value that one thread makes and another one takes.
///
/// `@unchecked Sendable`: the thread that decoded the value keeps no reference to it.
private struct HandedOver<Value>: @unchecked Sendable {
    let value: Value
}

/// How deep JSON nests.
enum JSONDepth {
    /// How deep bodies may nest: whoever decodes them calls himself for each level.
    static let maximum = 64

    /// Whether the text stays within the bound; one look at each byte.
    static func isShallow(_ text: some Sequence<UInt8>) -> Bool {
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
