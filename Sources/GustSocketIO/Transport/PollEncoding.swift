import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore

/// Compresses the body of the response to one poll, if it is long and the client accepts that.
struct PollEncoding {
    private let settings: PollCompression
    /// The `Accept-Encoding` field of the poll, which is parsed for long bodies only.
    private let accepted: String

    /// nil if the settings, the revision or the client rule compression out.
    init?(_ settings: PollCompression?, isCompressible: Bool, _ request: Request) {
        guard let settings, isCompressible, let accepted = request.joinedValues(of: "accept-encoding") else {
            return nil
        }
        self.settings = settings
        self.accepted = accepted
    }

    /// Whether a body is long enough to be compressed.
    func concerns(_ body: ByteBuffer) -> Bool { body.readableBytes >= settings.minimumLength }

    /// The body to send in place of a long one; sets the header fields of a compressed body.
    func encoded(_ body: ByteBuffer, _ headers: inout HTTPFields) -> ByteBuffer {
        guard !headers.hasCacheDirective("no-transform") else { return body }
        headers.addVary("Accept-Encoding")
        guard headers[.contentEncoding] == nil,
            let coding = AcceptedEncodings(accepted).preferred(among: ["gzip", "deflate"])
        else { return body }
        let isGzip = coding.hasSameBytes(as: "gzip")
        let level = min(max(settings.level, 1), 9)
        // If zlib can't allocate memory, the response is sent uncompressed, which is no error for the client.
        guard let shorter = try? Deflator.compress(body, isGzip ? .gzip : .zlib, level: level),
            shorter.readableBytes < body.readableBytes
        else { return body }
        headers[.contentEncoding] = coding
        return shorter
    }
}
