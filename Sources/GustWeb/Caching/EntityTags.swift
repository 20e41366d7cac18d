import GustDigest
import GustFiles
public import GustHTTP
import HTTPTypes
import NIOCore

/// Gives responses an `ETag` made of their bytes, and answers 304 to a client that has these bytes already.
///
/// ```swift
/// app.use(EntityTags())
/// ```
///
/// The handler runs as always; what is saved is the transfer of the body. A response gets a tag if its request is `GET` or `HEAD`, its
/// status is 200, its body is whole (no stream, and no upgrade), and it isn't marked `no-store`. The tag of a handler is kept, and
/// compared as well. For the client's conditions, see RFC 9110 §13: `If-None-Match` with the tag is answered with 304, `If-Match`
/// without it with 412, and the fields with dates count if the response has `Last-Modified`. `StaticFiles` does all of this itself.
///
/// The tags are weak, because middleware around this one may change the bytes: ``Compress`` does. A weak tag is all that a cache needs;
/// strong ones are for ranges and for changes, which a tag made after the handler has run can't protect. They
/// consist of 128 bits of the SHA-256 digest of the body, so that nobody can make a page that has the tag of an older one. This takes about
/// 6 µs of the loop for each 10 kB, on a processor with instructions for SHA. A page that contains something random, such as a nonce or a token of a form, has another tag
/// each time.
public struct EntityTags: Middleware {
    private let maximumLength: Int

    /// Makes the middleware.
    ///
    /// - Parameter maximumLength: The number of bytes above which a body gets no tag, because computing it would block the loop; 1 MiB
    ///   by default.
    public init(maximumLength: Int = 1 << 20) {
        self.maximumLength = maximumLength
    }

    /// Answers with the answer of `next` and its tag, or with 304 or 412.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard request.method == .get || request.method == .head else { return next.answer(request) }
        return next.answer(request).edited(with: (request, maximumLength)) { response, context in
            guard let tag = Self.tag(of: &response, context.0, maximumLength: context.1) else { return }
            ConditionalResponse.apply(context.0, tag: tag, to: &response)
        }
    }

    /// The tag that the response has now; nil if it must not have one.
    private static func tag(of response: inout Response, _ request: Request, maximumLength: Int) -> String? {
        guard response.status == .ok, response.error == nil, case .bytes(let bytes) = response.body else { return nil }
        if response.headers.has(.eTag) { return response.headers[.eTag] }
        // A handler that leaves out the body for HEAD doesn't have the bytes of GET.
        guard bytes.readableBytes <= maximumLength, request.method == .get || bytes.readableBytes > 0,
            !response.headers.has(.cacheControl) || !response.headers.hasCacheDirective("no-store")
        else { return nil }
        let tag = weakTag(of: bytes)
        response.headers.add(HTTPField(name: .eTag, value: tag))
        return tag
    }

    private static func weakTag(of bytes: ByteBuffer) -> String {
        let digest = bytes.withUnsafeReadableBytes { Digest.sha256($0) }
        // W/, a quote, 32 hexadecimal digits, a quote.
        return String(unsafeUninitializedCapacity: 36) { text in
            let digits: StaticString = "0123456789abcdef"
            text[0] = UInt8(ascii: "W")
            text[1] = UInt8(ascii: "/")
            text[2] = UInt8(ascii: "\"")
            text[35] = UInt8(ascii: "\"")
            for (index, byte) in digest[..<16].enumerated() {
                text[3 + 2 * index] = digits.utf8Start[Int(byte >> 4)]
                text[4 + 2 * index] = digits.utf8Start[Int(byte & 15)]
            }
            return 36
        }
    }
}
