public import GustHTTP
import NIOCore

/// Forms with files.
extension Request {
    /// The fields and files of a form, with longer files in temporary files.
    ///
    /// ```swift
    /// app.post("/films") { request in
    ///     let form = try await request.uploads(UploadLimits(body: 2 << 30))
    ///     guard let film = form.file("film") else { throw HTTPError(.badRequest, "choose a film") }
    ///     try await film.move(to: "films/\(UUID())")
    ///     return "\(film.size) bytes"
    /// }
    /// ```
    /// The body may be `multipart/form-data` or `application/x-www-form-urlencoded`. Files are written on another thread, and
    /// nothing more is read from the client meanwhile. Fields are kept in memory, together up to 1 MiB.
    /// - Parameter limits: How much is accepted, and where files are kept.
    /// - Returns: The form.
    /// - Throws: `HTTPError`: 415 if the body has another type, 413 if the body, a file or the fields are too long or there are too
    ///   many parts, 400 if the body is malformed, 507 if the disk is full; ``UploadError`` if a file can't be written.
    public func uploads(_ limits: UploadLimits = UploadLimits()) async throws -> UploadForm {
        try await uploads(limits) { try SpooledFile(in: $0, $1) }
    }

    /// The maximum length of all fields together, in bytes.
    private static let maximumFields = 1 << 20

    func uploads(
        _ limits: UploadLimits,
        create: @escaping @Sendable (String?, LoopExecutor) throws -> SpooledFile
    ) async throws -> UploadForm {
        guard isMultipart else {
            return UploadForm(fields: Array(try await form(upTo: limits.body)), files: [])
        }
        var fields: [(name: String, value: String)] = []
        var files: [Upload] = []
        var room = Self.maximumFields
        for try await part in parts(upTo: limits.body, count: limits.count) {
            if part.isFile {
                var reader = UploadReader(self, limits, create: create)
                let file = try await reader.read(part)
                if file.fileName != nil || file.size > 0 { files.append(file) }
            } else {
                let bytes = try await part.collect(upTo: room)
                room -= bytes.readableBytes
                fields.append((part.name, String(buffer: bytes)))
            }
        }
        return UploadForm(fields: fields, files: files)
    }
}
