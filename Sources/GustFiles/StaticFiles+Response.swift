import GustHTTP
import HTTPTypes
import NIOCore

/// Responses with files.
extension StaticFiles {
    /// Whether the request names the version that the file has now.
    ///
    /// A request with another version gets the usual rule: during a deployment, a page of the new version may reach a server with the old
    /// files, which must not be cached under the new URL.
    func isVersioned(_ request: Request, _ file: StoredFile) -> Bool {
        guard let query = request.target.queryText, let wanted = file.versionQuery else { return false }
        return query.hasSameBytes(as: wanted)
    }

    /// Removes the fields from a response to HEAD that are only known after compression.
    ///
    /// Fields of a response to HEAD must not differ from those of the response to GET (RFC 9110 §8.6, §9.3.2).
    static func leaveOpen(_ response: inout Response) {
        for name in [HTTPField.Name.contentLength, .eTag, .acceptRanges] { response.headers[name] = nil }
        response.body = .stream { $0.finish() }
    }

    /// The response with the encoding that the client prefers; nil if the file has changed since it was described.
    func response(
        for request: Request,
        _ conditions: RequestConditions,
        _ file: StoredFile,
        _ open: OpenFile?,
        isVersioned: Bool
    ) throws -> Response? {
        let representation =
            conditions.asksForRange || file.encodings.isEmpty
            ? file.identity : file.representation(for: AcceptedEncodings(conditions.acceptEncoding))
        let now = HTTPDate.now
        let isDated = file.modified.seconds < now.seconds
        switch conditions.verdict(tag: representation.tag, modified: file.modified) {
        case .failed: throw HTTPError(.preconditionFailed)
        case .notModified:
            return Response(
                status: .notModified,
                prepared: representation.notModifiedFields(isVersioned: isVersioned).dated(isDated),
                .body(.bytes(ByteBuffer()))
            )
        case .proceed: break
        }
        let fields = representation.fields(isVersioned: isVersioned).dated(isDated)
        let ranges: ByteRanges =
            request.method == .get
            ? conditions.ranges(
                tag: representation.tag,
                modified: file.modified,
                length: representation.length,
                now: now
            )
            : .whole
        if case .unsatisfiable = ranges {
            throw HTTPError(.rangeNotSatisfiable, headers: [.contentRange: "bytes */\(representation.length)"])
        }
        guard let source = try source(of: representation, open, isWhole: ranges == .whole, on: request.eventLoop) else {
            return nil
        }
        let body = FileBody(source: source, length: representation.length)
        if case .parts(let parts) = ranges { return body.response(fields.fields, parts: parts) }
        return body.response(fields)
    }

    /// Where the bytes of a response are taken from; nil if the file has changed since it was described.
    private func source(
        of representation: Representation,
        _ found: OpenFile?,
        isWhole: Bool,
        on eventLoop: any EventLoop
    ) throws -> FileBody.Source? {
        guard let bytes = representation.bytes else {
            return try open(representation, found, on: eventLoop).map { .file($0, nil) }
        }
        guard isWhole, representation.isStored, representation.length > FileStore.maximumCopiedSize,
            let open = kept(representation, on: eventLoop)
        else { return .bytes(bytes) }
        return .file(open, bytes)
    }

    /// The open file of a representation whose bytes are in memory: nil if opening it for each response, or its absence, makes the bytes
    /// better.
    private func kept(_ representation: Representation, on eventLoop: any EventLoop) -> OpenFile? {
        if let kept = store.openFiles.file(of: representation, now: eventLoop.now) { return kept }
        guard store.openFiles.hasRoom, let open = try? store.open(representation) else { return nil }
        store.openFiles.keep(open, of: representation, on: eventLoop)
        return open
    }

    /// The open file of a representation: one that is kept, the one that the look-up has opened, or a new one; nil if the file has changed.
    private func open(
        _ representation: Representation,
        _ found: OpenFile?,
        on eventLoop: any EventLoop
    ) throws -> OpenFile? {
        if let kept = store.openFiles.file(of: representation, now: eventLoop.now) { return kept }
        guard let open = try (representation.coding == nil ? found : nil) ?? store.open(representation) else {
            return nil
        }
        store.openFiles.keep(open, of: representation, on: eventLoop)
        return open
    }
}

extension PreparedFields {
    /// The fields without `Last-Modified`, unless `isDated`.
    fileprivate func dated(_ isDated: Bool) -> PreparedFields {
        guard !isDated else { return self }
        var fields = fields
        fields[.lastModified] = nil
        return PreparedFields(fields)
    }
}
