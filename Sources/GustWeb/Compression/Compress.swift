import GustFiles
public import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore

/// Compresses responses with gzip for clients that accept it.
///
/// ```swift
/// app.use(Compress())
/// ```
///
/// A response isn't compressed if it is short, already encoded, partial (206), without a body, marked `no-transform`,
/// or of a media type that compression doesn't shorten. A streamed response is flushed after each piece, so that no
/// piece is delayed. A strong `ETag` becomes weak, and `Vary` gets `Accept-Encoding` (RFC 9110 §12.5.5).
///
/// Compression takes about 25 µs of the loop for each 10 kB at the default level, and 256 kB of memory for each
/// streamed response while it is sent. `StaticFiles` compresses files itself, once, and keeps the result: its
/// responses aren't compressed again.
public struct Compress: Middleware {
    private let minimumLength: Int
    private let level: Int
    private let compressesEvents: Bool

    /// Compresses bodies of at least `minimumLength` bytes at zlib's `level`, from 1 (fast) to 9 (small).
    ///
    /// Streams of server-sent events are compressed only if `compressesEvents` is `true`, because each needs 256 kB of memory for
    /// as long as it is open. Each event is flushed, so compression delays none.
    public init(minimumLength: Int = 1_024, level: Int = 6, compressesEvents: Bool = false) {
        self.minimumLength = minimumLength
        self.compressesEvents = compressesEvents
        self.level = min(max(level, 1), 9)
    }

    /// Answers with the response of `next`, compressed if possible.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let isWanted = AcceptedEncodings(request.headers[.acceptEncoding]).preferred(among: ["gzip"]) != nil
        return next.answer(request).edited(with: (self, isWanted, request.method == .head)) { response, context in
            context.0.compress(&response, isWanted: context.1, isHead: context.2)
        }
    }

    private func wrapping(_ writer: any ResponseWriter, isWanted: Bool) -> CompressingWriter {
        CompressingWriter(
            writer,
            isWanted: isWanted,
            minimumLength: minimumLength,
            level: level,
            compressesEvents: compressesEvents
        )
    }

    private func compress(_ response: inout Response, isWanted: Bool, isHead: Bool) {
        switch response.body {
        case .upgrade: return
        case .bytes(let bytes):
            guard Compressibility.isCompressible(response.status, response.headers),
                bytes.readableBytes >= minimumLength
            else { return }
            response.headers.addVary("Accept-Encoding")
            // HEAD is compressed too: its fields, including the length, are those of the response to GET (RFC 9110
            // §9.3.2, §8.6).
            guard isWanted else { return }
            do {
                let smaller = try Deflator.compress(bytes, .gzip, level: level)
                guard smaller.readableBytes < bytes.readableBytes else { return }
                response.body = .bytes(smaller)
                Compressibility.markCompressed(&response.headers)
            } catch {
                // If zlib can't allocate memory, the response is sent uncompressed, which is no error for the client.
            }
        case .stream(let body):
            // A streaming handler may write no body for HEAD, so the length of the body for GET is unknown.
            guard !isHead else { return }
            let compress = self
            response.body = .stream { writer in body(compress.wrapping(writer, isWanted: isWanted)) }
        }
    }
}

/// Which responses may be compressed, and the header fields of compressed responses.
enum Compressibility {
    static func isCompressible(
        _ status: HTTPResponse.Status,
        _ headers: HTTPFields,
        withEvents compressesEvents: Bool = false
    ) -> Bool {
        guard status.code >= 200, status != .noContent, status != .notModified, status != .partialContent,
            headers[.contentEncoding] == nil, headers[.contentRange] == nil,
            let type = headers[.contentType],
            MediaTypes.isCompressible(type) || compressesEvents && type.hasPrefixIgnoringASCIICase("text/event-stream")
        else { return false }
        return !headers.hasCacheDirective("no-transform")
    }

    static func markCompressed(_ headers: inout HTTPFields) {
        headers[.contentEncoding] = "gzip"
        headers[.contentLength] = nil
        // Different bytes must not have the same strong tag (RFC 9110 §8.8.1).
        if let tag = headers[.eTag], !tag.hasBytePrefix("W/") { headers[.eTag] = "W/\(tag)" }
    }
}
