public import HTTPTypes
public import NIOCore

/// What a handler may return: text, HTML, JSON, a status, bytes, an optional (nil is 404), or a ``Response``.
public protocol ResponseConvertible: SendableMetatype {
    /// This value as the answer to `request`.
    ///
    /// Runs on the connection's loop, and must not block.
    /// - Throws: ``HTTPError`` to answer with a status; any other error becomes 500.
    func response(for request: Request) throws -> Response
}

extension Response: ResponseConvertible {
    /// The response itself.
    public func response(for request: Request) -> Response { self }
}

extension String: ResponseConvertible {
    /// The text as `text/plain; charset=utf-8`.
    public func response(for request: Request) -> Response { Response(self) }
}

extension Substring: ResponseConvertible {
    /// The text as `text/plain; charset=utf-8`.
    public func response(for request: Request) -> Response { Response(String(self)) }
}

extension ByteBuffer: ResponseConvertible {
    /// The bytes as `application/octet-stream`.
    public func response(for request: Request) -> Response {
        Response(headers: .octetStream, body: .bytes(self))
    }
}

extension HTTPResponse.Status: ResponseConvertible {
    /// The status with an empty body.
    public func response(for request: Request) -> Response { Response(status: self) }
}

extension Optional: ResponseConvertible where Wrapped: ResponseConvertible {
    /// The wrapped value's answer; nil is 404.
    public func response(for request: Request) throws -> Response {
        guard let self else { throw HTTPError(.notFound) }
        return try self.response(for: request)
    }
}

/// Text that is HTML already.
public struct HTML: ResponseConvertible, Sendable {
    /// The document.
    ///
    /// Nothing in it is escaped any more.
    public var text: String

    /// Wraps a finished document.
    public init(_ text: String) { self.text = text }

    /// The document as `text/html; charset=utf-8`.
    public func response(for request: Request) -> Response {
        Response(headers: .html, body: .bytes(ByteBuffer(string: text)))
    }
}
