import GustHTTP
import HTTPTypes

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
        var headers = isVersioned ? representation.versionedHeaders ?? representation.headers : representation.headers
        if file.modified.seconds >= now.seconds { headers[.lastModified] = nil }
        switch conditions.verdict(tag: representation.tag, modified: file.modified) {
        case .failed: throw HTTPError(.preconditionFailed)
        case .notModified: return notModified(representation, headers)
        case .proceed: break
        }
        let source: FileBody.Source
        if let bytes = representation.bytes {
            source = .bytes(bytes)
        } else if let open = try (representation.coding == nil ? open : nil) ?? store.open(representation) {
            source = .file(open)
        } else {
            return nil
        }
        let body = FileBody(source: source, length: representation.length)
        let ranges: ByteRanges =
            request.method == .get
            ? conditions.ranges(
                tag: representation.tag,
                modified: file.modified,
                length: representation.length,
                now: now
            )
            : .whole
        switch ranges {
        case .whole: return body.response(headers)
        case .unsatisfiable:
            throw HTTPError(.rangeNotSatisfiable, headers: [.contentRange: "bytes */\(representation.length)"])
        case .parts(let parts): return body.response(headers, parts: parts)
        }
    }

    private func notModified(_ representation: StoredFile.Representation, _ fields: HTTPFields) -> Response {
        // RFC 9110 §15.4.5: only the fields that a cache needs, none about the body.
        var headers: HTTPFields = [.eTag: representation.tag]
        for name in [HTTPField.Name.lastModified, .cacheControl, .vary] {
            headers[name] = fields[name]
        }
        return Response(status: .notModified, headers: headers)
    }
}
