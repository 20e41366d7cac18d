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
/// Compressible types are sent compressed to clients that accept it. A file beside the requested file, called `name.br`,
/// `name.zst` or `name.gz`, is used if it isn't older. Otherwise the file is compressed with gzip once, on the global concurrent
/// executor, and the result is kept in memory. Requests with `Range` are answered from the uncompressed file. `HEAD`
/// doesn't cause compression: before the file is compressed, the response to `HEAD` has no `Content-Length` and no
/// `ETag`. Up to 32 MiB are compressed in a burst, and 1 MiB per second in the long run: when that budget is used up,
/// files whose encodings don't fit in memory are sent uncompressed.
///
/// Files up to 64 KiB are kept in memory and checked on the disk at most once a second, so a change becomes visible
/// within a second. Files above 16 KiB are sent with `sendfile`, except those in memory on encrypted connections; each of up to 64 files stays
/// open for a second or two after a request, so that it isn't opened for each. A file above 64 KiB that is written to, replaced or deleted is
/// noticed at the next request; one that is moved elsewhere, also with its directory, within a second.
/// Opening a file blocks the loop until the file system responds: put files on a local disk.
public struct StaticFiles: SelfCheckingHandler {
    let store: FileStore
    private let fallback: FallbackPage?
    private let lists: Bool

    /// Serves the files below `directory`, which may be relative to the current working directory.
    ///
    /// - Parameters:
    ///   - directory: the directory of the files.
    ///   - cacheControl: the `Cache-Control` field of all responses; nil sends none. With the default, clients may keep
    ///     a file but must check each time whether it has changed.
    ///   - cacheRules: the `Cache-Control` fields of files whose paths match a pattern; the first pattern counts. In a pattern, `*` stands
    ///     for any text in one name, `**` also for slashes, and `?` for one byte of a name. A pattern without a slash is compared with the
    ///     name of the file, any other with the path below the directory: `["*.html": "no-cache", "fonts/**": "max-age=86400"]`.
    ///   - fallback: the page that answers navigation to paths for which there is no file, for applications of one page.
    ///   - listing: whether a directory without `index.html` is answered with a list of its files. Use this only for development.
    ///   - compresses: whether files without a compressed file beside them are compressed.
    ///   - memory: the most bytes of file contents that are kept in memory; the default is 32 MiB.
    public init(
        _ directory: String,
        cacheControl: String? = "no-cache",
        cacheRules: KeyValuePairs<String, String> = [:],
        fallback: FallbackPage? = nil,
        listing: Bool = false,
        compresses: Bool = true,
        memory: Int = 32 << 20
    ) {
        self.fallback = fallback
        lists = listing
        store = FileStore(
            directory: FileDirectory(path: directory),
            cache: FileCache(maximumCost: memory),
            cacheRules: CacheRules(cacheRules, otherwise: cacheControl),
            compresses: compresses
        )
    }

    /// The reason why this handler can't work: the directory or the fallback page doesn't exist, or a pattern is wrong.
    package var problem: String? {
        guard store.directory.exists else { return "there is no directory \(store.directory.path) to serve files from" }
        if let mistake = store.cacheRules.mistake ?? fallback?.mistake { return mistake }
        guard let fallback, FilePath(fallback.path).flatMap({ try? store.directory.open($0) })?.kind != .regular else {
            return nil
        }
        return "there is no file \"\(fallback.path)\" in \(store.directory.path) for the fallback"
    }

    /// The number of bytes of file contents that are kept in memory.
    package var memoryInUse: Int { store.cache.cost }

    /// Answers with the file, or with 404 if there is no such file; immediately, unless the file has to be compressed
    /// first.
    public func answer(_ request: Request) -> Answer { answer(request, waits: true) }

    /// Answers; `waits` if the version of the file may be computed first.
    private func answer(_ request: Request, waits: Bool) -> Answer {
        do {
            return try answer(request, at: path(of: request), waits: waits)
        } catch {
            return .failed(error)
        }
    }

    private func answer(_ request: Request, at path: String, waits: Bool) throws -> Answer {
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
        throw Self.unsettled
    }

    private static let unsettled = HTTPError(.serviceUnavailable, headers: [.retryAfter: "1"])

    private func compressed(
        _ file: StoredFile,
        at path: String,
        for request: Request,
        now: NIODeadline
    ) async throws -> Response {
        let compressed = try await store.compress(file, at: path, now: now)
        let conditions = RequestConditions(request)
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
            if lists, let listing = try listing(of: path, for: request) { return .response(listing) }
            guard let fallback, fallback.stands(for: path) else { throw HTTPError(.notFound) }
            guard fallback.isWanted(by: request) else { throw HTTPError(.notFound, headers: [.vary: "Accept"]) }
            return try outcome(of: request, at: fallback)
        case .directory:
            return .response(try redirectToDirectory(request))
        case .file(var file, let open):
            if file.version == nil, request.target.queryText.map(FileVersion.isQuery) == true {
                file = store.withVersion(file, at: path)
                if file.version == nil, waits, store.canHaveVersion(file) { return .version(file) }
            }
            let conditions = RequestConditions(request)
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

    /// The fallback page for a path without a file; never compressed for this request, because that concerns its own path.
    private func outcome(of request: Request, at fallback: FallbackPage) throws -> Outcome {
        guard case .file(let file, let open) = try store.find(fallback.path, now: request.eventLoop.now) else {
            throw HTTPError(.notFound)
        }
        let conditions = RequestConditions(request)
        guard var response = try response(for: request, conditions, file, open, isVersioned: false) else {
            return .change
        }
        response.headers[.vary] = response.headers[.vary].map { "\($0), Accept" } ?? "Accept"
        return .response(response)
    }

    private func path(of request: Request) throws -> String {
        guard request.method == .get || request.method == .head else {
            throw HTTPError(.methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        // Middleware on /static/private/.* doesn't match /static/private%2Fkey, so `%2F` must not act as a slash here.
        if request.target.mayHaveEscape, request.target.matchingPath.utf8.contains("%2F".utf8) {
            throw HTTPError(.notFound)
        }
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
}

extension Handler where Self == StaticFiles {
    /// Serves the files below a directory; see ``StaticFiles``.
    public static func files(
        _ directory: String,
        cacheControl: String? = "no-cache",
        cacheRules: KeyValuePairs<String, String> = [:],
        fallback: FallbackPage? = nil,
        listing: Bool = false,
        compresses: Bool = true,
        memory: Int = 32 << 20
    ) -> StaticFiles {
        StaticFiles(
            directory,
            cacheControl: cacheControl,
            cacheRules: cacheRules,
            fallback: fallback,
            listing: listing,
            compresses: compresses,
            memory: memory
        )
    }
}
