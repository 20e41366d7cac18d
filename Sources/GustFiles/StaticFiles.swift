public import GustHTTP
import HTTPTypes
import NIOCore

/// Serves the files below a directory.
///
/// ```swift
/// app.get(#"/static/(?P<path>.*)"#, use: .files("public"))
/// ```
///
/// The file's path is the capture called `path`, or else the first unnamed capture. For a path that ends in `/`,
/// `index.html` in that directory is served; a directory requested without the slash is redirected to the path with it.
/// Files whose names begin with a dot, symbolic links below the directory, `..`, backslashes, encoded slashes and empty
/// segments are answered with 404. Only the directory `.well-known` at the top may begin with a dot (RFC 8615).
///
/// `request.staticURL("app.js")`, and `{{static_url "app.js"}}` in a template, make URLs with a version of the contents:
/// `/static/app.js?v=5d41402abc4b2a76`. A request with the version that the file has is answered with
/// `Cache-Control: public, max-age=31536000, immutable`, so that browsers load it once until it changes; any other request gets
/// `cacheControl`. The version is a part of the SHA-256 digest, so servers with the same files make the same URLs. It is computed when
/// it is needed first, off the loop for files above 64 KiB, and again after a change. Files above 64 MiB have none.
///
/// Responses have `ETag` and `Last-Modified`. The request fields `If-Match`, `If-Unmodified-Since`, `If-None-Match`,
/// `If-Modified-Since` (RFC 9110 §13), `Range` with one or several parts, and `If-Range` (§14) are supported. The tag
/// is made from size and time of modification, so servers with copies of a file agree on it. `Last-Modified` is left
/// out until the second in which the file was modified has passed: until then, two versions of the file can have the
/// same date.
///
/// Compressible types are sent compressed to clients that accept it. A file beside the requested file, called `name.br`
/// or `name.gz`, is used if it isn't older. Otherwise the file is compressed with gzip once, on the global concurrent
/// executor, and the result is kept in memory. Requests with `Range` are answered from the uncompressed file. `HEAD`
/// doesn't cause compression: before the file is compressed, the response to `HEAD` has no `Content-Length` and no
/// `ETag`. Up to 32 MiB are compressed in a burst, and 1 MiB per second in the long run: when that budget is used up,
/// files whose encodings don't fit in memory are sent uncompressed.
///
/// Files up to 64 KiB are kept in memory and checked on the disk at most once a second, so a change becomes visible
/// within a second. Larger files are sent with `sendfile`. Opening a file blocks the loop until the file system
/// responds: put files on a local disk.
public struct StaticFiles: SelfCheckingHandler {
    let store: FileStore

    /// Serves the files below `directory`, which may be relative to the current working directory.
    ///
    /// - Parameters:
    ///   - directory: the directory of the files.
    ///   - cacheControl: the `Cache-Control` field of all responses; nil sends none. With the default, clients may keep
    ///     a file but must check each time whether it has changed.
    ///   - compresses: whether files without a compressed file beside them are compressed.
    ///   - memory: the most bytes of file contents that are kept in memory; the default is 32 MiB.
    public init(
        _ directory: String,
        cacheControl: String? = "no-cache",
        compresses: Bool = true,
        memory: Int = 32 << 20
    ) {
        store = FileStore(
            directory: FileDirectory(path: directory),
            cache: FileCache(maximumCost: memory),
            cacheControl: cacheControl,
            compresses: compresses
        )
    }

    /// The reason why this handler can't work: the directory doesn't exist.
    package var problem: String? {
        store.directory.exists ? nil : "there is no directory \(store.directory.path) to serve files from"
    }

    /// The number of bytes of file contents that are kept in memory.
    package var memoryInUse: Int { store.cache.cost }

    /// Answers with the file, or with 404 if there is no such file; immediately, unless the file has to be compressed
    /// first.
    public func answer(_ request: Request) -> Answer { answer(request, waits: true) }

    /// Answers; `waits` if the version of the file may be computed first.
    private func answer(_ request: Request, waits: Bool) -> Answer {
        do {
            let path = try path(of: request)
            // A file that isn't in memory may have changed since it was described. Then it is looked up once more.
            for _ in 0..<2 {
                switch try outcome(of: request, at: path, waits: waits) {
                case .response(let response): return .ready(response)
                case .version(let file):
                    return .pending {
                        await withTaskExecutorPreference(globalConcurrentExecutor) {
                            store.computeVersion(of: file, at: path)
                        }
                        return try await answer(request, waits: false).response()
                    }
                case .compression(let file):
                    let now = request.eventLoop.now
                    return .pending { try await compressed(file, at: path, for: request, now: now) }
                case .change: store.cache.remove(path)
                }
            }
            return .failed(Self.unsettled)
        } catch {
            return .failed(error)
        }
    }

    private static let unsettled = HTTPError(.serviceUnavailable, headers: [.retryAfter: "1"])

    private func compressed(
        _ file: StoredFile,
        at path: String,
        for request: Request,
        now: NIODeadline
    ) async throws -> Response {
        let compressed = try await store.compress(file, at: path, now: now)
        let conditions = RequestConditions(request.headers)
        let isVersioned = isVersioned(request, file)
        guard let response = try response(for: request, conditions, compressed, nil, isVersioned: isVersioned) else {
            throw Self.unsettled
        }
        return response
    }

    private enum Outcome {
        case response(Response)
        case compression(StoredFile)
        /// The version of the file must be computed to know how long the response may be cached.
        case version(StoredFile)
        case change
    }

    private func outcome(of request: Request, at path: String, waits: Bool) throws -> Outcome {
        switch try store.find(path, now: request.eventLoop.now) {
        case .nothing:
            throw HTTPError(.notFound)
        case .directory:
            return .response(try redirectToDirectory(request))
        case .file(var file, let open):
            if request.target.queryText?.hasBytePrefix("v=") == true, file.version == nil {
                file.version = store.knownVersion(of: file, at: path)
                if file.version == nil, waits, store.canHaveVersion(file) { return .version(file) }
            }
            let conditions = RequestConditions(request.headers)
            let isCompressed =
                file.wantsCompression && !conditions.asksForRange
                && AcceptedEncodings(conditions.acceptEncoding).preferred(among: ["gzip"]) != nil
            if isCompressed, request.method != .head { return .compression(file) }
            let isVersioned = isVersioned(request, file)
            guard var response = try response(for: request, conditions, file, open, isVersioned: isVersioned) else {
                return .change
            }
            if isCompressed, response.status == .ok { Self.leaveOpen(&response) }
            return .response(response)
        }
    }

    private static let immutable = "public, max-age=31536000, immutable"

    /// Whether the request names the version that the file has now.
    ///
    /// A request with another version gets the usual rule: during a deployment, a page of the new version may reach a server with the old
    /// files, which must not be cached under the new URL.
    private func isVersioned(_ request: Request, _ file: StoredFile) -> Bool {
        guard let query = request.target.queryText, let version = file.version, query.hasBytePrefix("v=") else {
            return false
        }
        return query.utf8.dropFirst(2).hasSameBytes(as: version.utf8)
    }

    /// Removes the fields from a response to HEAD that are only known after compression.
    ///
    /// Fields of a response to HEAD must not differ from those of the response to GET (RFC 9110 §8.6, §9.3.2).
    private static func leaveOpen(_ response: inout Response) {
        for name in [HTTPField.Name.contentLength, .eTag, .acceptRanges] { response.headers[name] = nil }
        response.body = .stream { $0.finish() }
    }

    private func path(of request: Request) throws -> String {
        guard request.method == .get || request.method == .head else {
            throw HTTPError(.methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        // Middleware on /static/private/.* doesn't match /static/private%2Fkey, so `%2F` must not act as a slash here.
        let matched = request.target.matchingPath
        if matched.utf8.contains(UInt8(ascii: "%")), matched.utf8.contains("%2F".utf8) { throw HTTPError(.notFound) }
        guard let path = request.captures["path"] ?? request.captures[0] else { throw HTTPError(.notFound) }
        return path
    }

    private func redirectToDirectory(_ request: Request) throws -> Response {
        let path = request.mountPrefix + request.target.path
        // A redirect to "//host/" would lead to another host.
        guard !path.utf8.starts(with: "//".utf8), path.utf8.last != UInt8(ascii: "/") else {
            throw HTTPError(.notFound)
        }
        let query = request.target.queryText.map { "?" + $0 } ?? ""
        return .redirect(to: path + "/" + query, status: .permanentRedirect)
    }

    /// The response with the encoding that the client prefers; nil if the file has changed since it was described.
    private func response(
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
        var headers = representation.headers
        if isVersioned { headers[.cacheControl] = Self.immutable }
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

extension Handler where Self == StaticFiles {
    /// Serves the files below a directory; see ``StaticFiles``.
    public static func files(
        _ directory: String,
        cacheControl: String? = "no-cache",
        compresses: Bool = true,
        memory: Int = 32 << 20
    ) -> StaticFiles {
        StaticFiles(directory, cacheControl: cacheControl, compresses: compresses, memory: memory)
    }
}
