import HTTPTypes
import NIOCore

/// Bodies of type `multipart/form-data`, with which browsers upload files (RFC 7578).
extension Request {
    /// The parts of a `multipart/form-data` body, one after the other, as they are received.
    ///
    /// ```swift
    /// for try await part in request.parts(upTo: 1 << 30) where part.isFile {
    ///     for try await bytes in part { try await store.append(bytes) }
    /// }
    /// ```
    /// One piece of the body is in memory at a time, and nothing more is read from the client until the next piece is
    /// requested. A part's head may have 8 KiB and 16 fields. Lines must end with CR LF, each part must have a name, and
    /// ambiguous bodies are refused.
    /// - Parameters:
    ///   - limit: The maximum length of the whole body in bytes; nil means the limit of the middleware `BodyLimit`, or 1 MiB
    ///     without that middleware. The limit of the middleware can't be exceeded.
    ///   - count: The maximum number of parts.
    /// - Returns: The parts. The first iteration throws an ``HTTPError`` with status 415 if the body isn't
    ///   `multipart/form-data`, 400 if its boundary is missing or invalid. Every iteration may throw 413 if the body is too
    ///   long or has too many parts, 400 if it is malformed or ends too early, 415 if a part is encoded. The message of the
    ///   error describes the problem.
    public func parts(upTo limit: Int? = nil, count: Int = 100) -> RequestParts {
        let limit = body.bounded(limit)
        var body = body
        body.limit(to: limit)
        let boundary = Result { () throws(HTTPError) in
            let boundary = try MultipartBoundary(headers)
            if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
                throw HTTPError(.contentTooLarge, headers: [.connection: "close"])
            }
            return boundary
        }
        return RequestParts(body, boundary, maximumParts: count)
    }

    /// The fields and files of a form, in memory.
    ///
    /// The body may be `multipart/form-data` or `application/x-www-form-urlencoded`.
    ///
    /// ```swift
    /// app.post("/avatar") { request in
    ///     let form = try await request.formData(upTo: 5 << 20)
    ///     guard let picture = form.file("picture") else { throw HTTPError(.badRequest, "choose a picture") }
    ///     return "\(form["name"] ?? "somebody") sent \(picture.bytes.readableBytes) bytes"
    /// }
    /// ```
    /// Text is read as UTF-8; invalid bytes become U+FFFD. At most 100 parts are accepted; see ``parts(upTo:count:)`` for their
    /// limits.
    /// - Parameter limit: The maximum length of the whole body in bytes; nil means the limit of the middleware `BodyLimit`, or
    ///   1 MiB without that middleware. The limit of the middleware can't be exceeded.
    /// - Returns: The form.
    /// - Throws: ``HTTPError``: 415 if the body has another type, 413 if it is too long or has too many parts, 400 if it is
    ///   malformed.
    public func formData(upTo limit: Int? = nil) async throws -> FormData {
        guard isMultipart else { return FormData(fields: try await form(upTo: limit), files: []) }
        return try await collectParts(upTo: limit, withFiles: true)
    }

    package var isMultipart: Bool { headers[.contentType].map(MultipartBoundary.isMultipart) ?? false }

    func collectParts(upTo limit: Int?, withFiles: Bool) async throws -> FormData {
        var fields: [String] = []
        var files: [UploadedFile] = []
        for try await part in parts(upTo: limit) where !part.isFile || withFiles {
            let bytes = try await part.collect()
            if !part.isFile {
                let value = String(decoding: bytes.readableBytesView, as: UTF8.self)
                fields.append("\(PercentEncoding.encodeSegment(part.name))=\(PercentEncoding.encodeSegment(value))")
            } else if part.fileName != nil || bytes.readableBytes > 0 {
                files.append(
                    UploadedFile(name: part.name, fileName: part.fileName, contentType: part.contentType, bytes: bytes)
                )
            }
        }
        return FormData(fields: Query(fields.joined(separator: "&")), files: files)
    }
}
