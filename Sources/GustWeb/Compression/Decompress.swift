public import GustHTTP
import GustZlib
import HTTPTypes

/// Decompresses the bodies of requests with `Content-Encoding: gzip` or `deflate`.
///
/// ```swift
/// app.use(Decompress(upTo: 10 << 20))
/// ```
///
/// Handlers read a compressed body like any other: whole, piece by piece, as JSON, as a form, or as an upload. They see neither
/// `Content-Encoding` nor `Content-Length`. The body is decompressed while it is read, and no more than that is received.
///
/// A body of more bytes than the limit fails with 413 at the byte that exceeds the limit, however small the compressed body is. A
/// ``BodyLimit`` outside of this middleware limits the compressed and the decompressed bytes, one inside of it the decompressed bytes.
/// Without a ``BodyLimit``, methods that collect a body have a limit of 1 MiB here as well.
///
/// Corrupt or incomplete data fails with 400. Another coding, or more than one, is answered with 415 and
/// `Accept-Encoding`, before the body is read (RFC 9110 §12.5.3, §15.5.16). A request without a body is unchanged. `deflate` has
/// the header of zlib (RFC 9110 §8.4.1.2); gzip may consist of several members (RFC 1952 §2.2).
public struct Decompress: Middleware {
    private let limit: Int

    /// Decompresses bodies of at most `limit` decompressed bytes, 8 MiB by default.
    public init(upTo limit: Int = 8 << 20) {
        self.limit = max(0, limit)
    }

    /// Answers with the answer of `next` to the decompressed request, or with 415.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard !request.body.isEmpty, let field = request.headers.joinedValues(of: "content-encoding") else {
            return next.answer(request)
        }
        let codings = field.tokenElements().filter { !$0.equalsIgnoringASCIICase("identity") }
        guard let coding = codings.first else { return next.answer(request) }
        guard codings.count == 1, let format = Self.format(of: coding) else {
            return .failed(
                HTTPError(
                    .unsupportedMediaType,
                    "the body's content coding must be gzip or deflate",
                    headers: [.acceptEncoding: "gzip, deflate"]
                )
            )
        }
        var request = request
        request.body = request.body.decoded(by: BodyInflator(format), upTo: limit, on: request.executor)
        request.headers[.contentEncoding] = nil
        request.headers[.contentLength] = nil
        return next.answer(request)
    }

    private static func format(of coding: Substring) -> CompressionFormat? {
        // x-gzip is gzip (RFC 9110 §8.4.1.3).
        if coding.equalsIgnoringASCIICase("gzip") || coding.equalsIgnoringASCIICase("x-gzip") { return .gzip }
        return coding.equalsIgnoringASCIICase("deflate") ? .zlib : nil
    }
}
