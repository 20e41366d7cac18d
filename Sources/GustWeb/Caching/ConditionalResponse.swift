import GustFiles
import GustHTTP
import HTTPTypes
import NIOCore

/// Evaluates the conditions of a `GET` or `HEAD` request for a response that is ready (RFC 9110 §13.2).
enum ConditionalResponse {
    /// Makes 304 or 412 of the response, if the conditions in `headers` say so.
    static func apply(_ headers: HTTPFields, tag: String, to response: inout Response) {
        guard isConditional(headers) else { return }
        let modified =
            response.headers.has(.lastModified) ? response.headers[.lastModified].flatMap { HTTPDate($0) } : nil
        switch RequestConditions(headers).verdict(tag: tag, modified: modified) {
        case .proceed: return
        case .notModified: response.status = .notModified
        case .failed: response.status = .preconditionFailed
        }
        // The fields that describe the body that isn't sent; a cache would update its stored response with them (RFC 9110 §15.4.5).
        for name: HTTPField.Name in [.contentType, .contentLength, .contentEncoding, .contentLanguage] {
            response.headers[name] = nil
        }
        response.body = .bytes(ByteBuffer())
    }

    /// Whether a request has a condition: most requests have none.
    private static func isConditional(_ headers: HTTPFields) -> Bool {
        for index in 0..<headers.endIndex {
            let name = headers[index].name.canonicalName
            if name.utf8.first == UInt8(ascii: "i"), name.hasBytePrefix("if-") { return true }
        }
        return false
    }
}
