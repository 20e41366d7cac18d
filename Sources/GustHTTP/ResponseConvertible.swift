public import HTTPTypes
public import NIOCore

/// A value that a handler may return: text, HTML, JSON, a status, bytes, an optional (nil is 404), or a ``Response``.
public protocol ResponseConvertible: SendableMetatype {
    /// Makes the response to `request` from this value.
    ///
    /// This method runs on the loop of the connection and must not block.
    /// - Throws: ``HTTPError`` to answer with its status; other errors are answered with 500.
    func response(for request: Request) throws -> Response
}

extension Response: ResponseConvertible {
    /// Returns this response.
    public func response(for request: Request) -> Response { self }
}

extension String: ResponseConvertible {
    /// The text as `text/plain; charset=utf-8`.
    public func response(for request: Request) -> Response { Response(self) }
}

extension Substring: ResponseConvertible {}

extension ResponseConvertible where Self: StringProtocol {
    /// The text as `text/plain; charset=utf-8`.
    public func response(for request: Request) -> Response { Response(String(self)) }
}

extension ByteBuffer: ResponseConvertible {
    /// The bytes as `application/octet-stream`.
    public func response(for request: Request) -> Response {
        Response(prepared: .octetStream, .body(.bytes(self)))
    }
}

extension HTTPResponse.Status: ResponseConvertible {
    /// The status with an empty body.
    public func response(for request: Request) -> Response { Response(status: self) }
}

extension Optional: ResponseConvertible where Wrapped: ResponseConvertible {
    /// The response of the wrapped value.
    ///
    /// - Throws: ``HTTPError`` with status 404 for nil, or the error of the wrapped value.
    public func response(for request: Request) throws -> Response {
        guard let self else { throw HTTPError(.notFound) }
        return try self.response(for: request)
    }
}

/// An HTML document, or a part of one.
///
/// As a member of a template's context it is inserted without escaping; in JSON it is its text.
public struct HTML: ResponseConvertible, Encodable, Sendable {
    /// The document, which is sent without escaping.
    package var text: String

    /// Wraps a document.
    public init(_ text: String) { self.text = text }

    /// Encodes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The document as `text/html; charset=utf-8`.
    public func response(for request: Request) -> Response {
        Response(prepared: .html, .text(text))
    }
}
