import HTTPTypes
import NIOCore

/// Forms in parts, which is how files are uploaded (RFC 7578).
extension Request {
    /// The parts of a `multipart/form-data` body, one after the other, while they arrive.
    ///
    /// ```swift
    /// for try await part in request.parts(upTo: 1 << 30) where part.isFile {
    ///     for try await bytes in part { try await store.append(bytes) }
    /// }
    /// ```
    /// Costs the memory of one piece, and the client isn't read from while you don't ask. A part's head may have 8 KiB
    /// and 16 fields. Lines end with CR LF, a part has a name, and what could be read in two ways is refused.
    /// - Parameters:
    ///   - limit: the most bytes of the whole body; nil is what the middleware `BodyLimit` says, without it 1 MiB. What it
    ///     says isn't exceeded either way.
    ///   - count: how many parts there may be.
    /// - Returns: the parts. Asked for the first one, they throw an ``HTTPError`` of status 415 if the body isn't
    ///   `multipart/form-data`, 400 if its boundary is missing or isn't one; later, 413 if the body is too long or has too
    ///   many parts, 400 if it isn't made as the type says or ends too early, 415 if a part is encoded. The texts say what
    ///   is wrong.
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

    /// The fields and files of a form, which is the body, in memory; of either type that browsers send.
    ///
    /// ```swift
    /// app.post("/avatar") { request in
    ///     let form = try await request.formData(upTo: 5 << 20)
    ///     guard let picture = form.file("picture") else { throw HTTPError(.badRequest, "choose a picture") }
    ///     return "\(form["name"] ?? "somebody") sent \(picture.bytes.readableBytes) bytes"
    /// }
    /// ```
    /// Text is read as UTF-8; what isn't gets replacement characters.
    /// - Parameter limit: the most bytes of the whole body; nil is what the middleware `BodyLimit` says, without it 1 MiB. At
    ///   most 100 parts are accepted, of which ``parts(upTo:count:)`` says what they may be.
    /// - Returns: the form.
    /// - Throws: ``HTTPError``: 415 if the body is no form, 413 if it is too long, 400 if it isn't made as its type says.
    public func formData(upTo limit: Int? = nil) async throws -> FormData {
        guard isMultipart else { return FormData(fields: try await form(upTo: limit), files: []) }
        return try await collectParts(upTo: limit, withFiles: true)
    }

    var isMultipart: Bool { headers[.contentType].map(MultipartBoundary.isMultipart) ?? false }

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
