public import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore

/// Sends what handlers answer as gzip to those who take it.
///
/// ```swift
/// app.use(Compress())
/// ```
///
/// Left alone are answers that are short, encoded already, of a media type that doesn't shrink, partial (206), without a
/// body, or marked `no-transform`. A streamed answer is flushed with each of its pieces, so that none waits for the next.
/// A strong `ETag` becomes weak, and `Vary` says that the answer depends on `Accept-Encoding` (RFC 9110 §12.5.5).
///
/// Costs the loop about 25 µs for each 10 kB at the default level, and 256 kB of memory for each streamed answer that is
/// under way. Static files have their own, which compresses once and keeps the result: they pass untouched.
public struct Compress: Middleware {
    private let minimumLength: Int
    private let level: Int

    /// Compresses bodies of `minimumLength` bytes and more at zlib's `level`, 1 (fast) to 9 (small).
    public init(minimumLength: Int = 1_024, level: Int = 6) {
        self.minimumLength = minimumLength
        self.level = min(max(level, 1), 9)
    }

    /// Answers with what is behind it, compressed.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let isWanted = AcceptedEncodings(request.headers[.acceptEncoding]).preferred(among: ["gzip"]) != nil
        return next.answer(request).edited(with: (self, isWanted, request.method == .head)) { response, context in
            context.0.compress(&response, isWanted: context.1, isHead: context.2)
        }
    }

    private func compress(_ response: inout Response, isWanted: Bool, isHead: Bool) {
        switch response.body {
        case .upgrade: return
        case .bytes(let bytes):
            guard Compressibility.isCompressible(response.status, response.headers),
                bytes.readableBytes >= minimumLength
            else { return }
            response.headers.addVary("Accept-Encoding")
            // For HEAD too: its fields, the length among them, are those of the answer to GET (RFC 9110 §9.3.2, §8.6).
            guard isWanted else { return }
            do {
                let smaller = try Deflator.compress(bytes, .gzip, level: level)
                guard smaller.readableBytes < bytes.readableBytes else { return }
                response.body = .bytes(smaller)
                Compressibility.markCompressed(&response.headers)
            } catch {
                // Without memory for zlib the answer goes out as it is, which is no error to the client.
            }
        case .stream(let body):
            // A handler that streams may write nothing for HEAD, which tells nothing of what GET gets.
            guard !isHead else { return }
            let (minimumLength, level) = (minimumLength, level)
            response.body = .stream { writer in
                body(
                    CompressingWriter(writer, isWanted: isWanted, minimumLength: minimumLength, level: level)
                )
            }
        }
    }
}

/// What may be compressed, and what the answer says then.
enum Compressibility {
    static func isCompressible(_ status: HTTPResponse.Status, _ headers: HTTPFields) -> Bool {
        guard status.code >= 200, status != .noContent, status != .notModified, status != .partialContent,
            headers[.contentEncoding] == nil, headers[.contentRange] == nil,
            let type = headers[.contentType], MediaTypes.isCompressible(type)
        else { return false }
        return !headers.hasCacheDirective("no-transform")
    }

    static func markCompressed(_ headers: inout HTTPFields) {
        headers[.contentEncoding] = "gzip"
        headers[.contentLength] = nil
        // Other bytes can't have the same strong tag (RFC 9110 §8.8.1).
        if let tag = headers[.eTag], !tag.hasBytePrefix("W/") { headers[.eTag] = "W/\(tag)" }
    }
}

extension HTTPFields {
    /// Whether `Cache-Control` has a directive, with or without an argument (RFC 9111 §5.2); without case of ASCII letters.
    func hasCacheDirective(_ name: String) -> Bool {
        guard let control = self[.cacheControl] else { return false }
        return control.listElements().contains { directive in
            (directive.parted(at: UInt8(ascii: "="))?.before ?? directive).equalsIgnoringASCIICase(name)
        }
    }

    /// Adds a field's name to `Vary`, unless it is there.
    mutating func addVary(_ name: String) {
        guard let vary = self[.vary] else {
            self[.vary] = name
            return
        }
        if !vary.containsToken("*"), !vary.containsToken(name) { self[.vary] = "\(vary), \(name)" }
    }
}
