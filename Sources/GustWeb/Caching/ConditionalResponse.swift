import GustFiles
import GustHTTP
import HTTPTypes
import NIOCore

/// Evaluates the conditions of a `GET` or `HEAD` request for a response that is ready (RFC 9110 §13.2).
enum ConditionalResponse {
    /// Makes 304 or 412 of the response, if the conditions of the request say so.
    static func apply(_ request: Request, tag: String, to response: inout Response) {
        let conditions = RequestConditions(request)
        guard conditions.areGiven else { return }
        let modified =
            response.headers.has(.lastModified) ? response.headers[.lastModified].flatMap { HTTPDate($0) } : nil
        switch conditions.verdict(tag: tag, modified: modified) {
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
}
