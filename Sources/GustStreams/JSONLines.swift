public import GustHTTP
import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A sequence of values that is sent as lines of JSON (`application/x-ndjson`), each when the sequence has produced it.
///
/// ```swift
/// app.get("/orders") { _ in JSONLines(orders()) }
/// ```
/// The next value is requested when the connection has room for it. The iteration is cancelled when the client disconnects. If the
/// sequence throws, or a value can't be encoded, the connection is closed, so that the client sees that the body is incomplete.
/// Source: the format of ndjson.org, one JSON text and LF for each value.
public struct JSONLines<Values: AsyncSequence & Sendable>: ResponseConvertible, Sendable
where Values.Element: Encodable {
    private let values: Values
    private let encoder: JSONEncoder?
    private let untilShutdown: Bool

    /// Wraps a sequence.
    ///
    /// - Parameters:
    ///   - values: The values.
    ///   - encoder: The encoder, without `prettyPrinted`; nil means the encoder of the middleware `JSONCoding`.
    ///   - untilShutdown: Whether the response ends as soon as the server shuts down.
    public init(_ values: Values, encoder: JSONEncoder? = nil, untilShutdown: Bool = false) {
        self.values = values
        self.encoder = encoder
        self.untilShutdown = untilShutdown
    }

    /// The response, which begins with the first value.
    public func response(for request: Request) -> Response {
        let coders = JSONCoders.coders(for: request).replacing(encoder: encoder)
        return Response(type: "application/x-ndjson", untilShutdown: untilShutdown) { [values] writer in
            for try await value in values {
                var line = try coders.encode(value)
                line.writeInteger(UInt8(ascii: "\n"))
                try await writer.write(line)
            }
        }
    }
}
