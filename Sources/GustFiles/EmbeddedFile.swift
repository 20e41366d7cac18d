import GustDigest
package import GustHTTP
import GustZlib
import HTTPTypes
package import NIOCore

/// Serves a file that is embedded in the program, with the same header fields as ``StaticFiles``.
///
/// `ETag` is a digest of the bytes, so it is the same on all servers with the same bytes. There is no `Last-Modified`,
/// and `Range` is ignored. The file is compressed once, when the value is made.
package struct EmbeddedFile: Handler {
    private struct Representation: Sendable {
        var tag: String
        var bytes: ByteBuffer
        var headers: HTTPFields
    }

    private let identity: Representation
    private let gzip: Representation?

    /// Prepares the responses for a file.
    ///
    /// - Parameters:
    ///   - name: the file's name, whose extension determines the media type.
    ///   - bytes: the file's contents.
    package init(name: String, bytes: ByteBuffer) {
        let digest = bytes.withUnsafeReadableBytes { Digest.sha256($0) }
        let tag = digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let type = MediaTypes.type(ofFile: name[...])
        let compressed = MediaTypes.isCompressible(type) ? try? Deflator.compress(bytes, .gzip, level: 9) : nil
        var headers: HTTPFields = [
            .eTag: "\"\(tag)\"", .contentType: type, .xContentTypeOptions: "nosniff", .cacheControl: "no-cache",
        ]
        guard let compressed, compressed.readableBytes < bytes.readableBytes else {
            identity = Representation(tag: "\"\(tag)\"", bytes: bytes, headers: headers)
            gzip = nil
            return
        }
        headers[.vary] = "Accept-Encoding"
        identity = Representation(tag: "\"\(tag)\"", bytes: bytes, headers: headers)
        headers[.eTag] = "\"\(tag)-gzip\""
        headers[.contentEncoding] = "gzip"
        gzip = Representation(tag: "\"\(tag)-gzip\"", bytes: compressed, headers: headers)
    }

    /// Answers with the file, compressed for clients that accept gzip.
    package func answer(_ request: Request) -> Answer {
        guard request.method == .get || request.method == .head else {
            return .failed(HTTPError(.methodNotAllowed, headers: [.allow: "GET, HEAD"]))
        }
        let conditions = RequestConditions(request)
        var representation = identity
        if let gzip, AcceptedEncodings(conditions.acceptEncoding).preferred(among: ["gzip"]) != nil {
            representation = gzip
        }
        switch conditions.verdict(tag: representation.tag, modified: nil) {
        case .failed: return .failed(HTTPError(.preconditionFailed))
        case .notModified:
            var headers: HTTPFields = [:]
            for name in [HTTPField.Name.eTag, .cacheControl, .vary] { headers[name] = representation.headers[name] }
            return .ready(Response(status: .notModified, headers: headers))
        case .proceed:
            return .ready(Response(headers: representation.headers, body: .bytes(representation.bytes)))
        }
    }
}
