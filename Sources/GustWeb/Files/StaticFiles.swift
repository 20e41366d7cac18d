public import GustHTTP
import HTTPTypes
import NIOCore

/// Serves the files below a directory.
///
/// ```swift
/// app.get(#"/static/(?P<path>.*)"#, use: .files("public"))
/// ```
///
/// The file's path is the capture called `path`, or the first one without a name. A path that ends in `/` means the
/// `index.html` there; a directory named without the slash is redirected to it. Files whose names begin with a dot,
/// symbolic links below the directory, `..`, backslashes, encoded slashes and empty segments are all 404; only the directory
/// `.well-known` is served, at the top (RFC 8615).
///
/// Answers have `ETag` and `Last-Modified`, and honour `If-Match`, `If-Unmodified-Since`, `If-None-Match`,
/// `If-Modified-Since` (RFC 9110 §13), `Range` with one or several parts, and `If-Range` (§14). The tag is made of size and
/// time of change, so that several servers with copies of a file agree on it. `Last-Modified` is left out while the second
/// isn't over in which the file was changed: until then the date doesn't tell two states of the file apart.
///
/// Text and the like is sent compressed to those who accept it: from a file beside it called `name.br` or `name.gz` if
/// that isn't older, else by gzip, once, on the concurrent pool; the result is kept. Who asks for a range gets the file
/// as it is, and so does who asks by `HEAD` before the file was compressed. Up to 32 MiB are compressed at once and 1 MiB a
/// second from then on: files that don't fit in the memory are sent as they are when that is used up.
///
/// Files up to 64 KiB are kept in memory and looked at again after a second at the earliest, so a change is seen after a
/// second at the latest. Larger ones are sent by `sendfile`. Opening a file blocks the loop for as long as the file
/// system takes: put files on a local disk.
public struct StaticFiles: SelfCheckingHandler {
    let store: FileStore

    /// Serves the files below `directory`, which is relative to the working directory of this moment.
    ///
    /// - Parameters:
    ///   - directory: where the files are.
    ///   - cacheControl: the field `Cache-Control` of all answers; the default lets clients keep a file but ask each
    ///     time whether it has changed. nil sends none.
    ///   - compresses: whether files are compressed that have no compressed file beside them.
    ///   - memory: the most bytes of file contents kept; the default is 32 MiB.
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

    /// What keeps this handler from working: a directory that isn't there.
    package var problem: String? {
        store.directory.exists ? nil : "there is no directory \(store.directory.path) to serve files from"
    }

    /// How many bytes of file contents are kept now.
    package var memoryInUse: Int { store.cache.cost }

    /// Answers with the file, 404 if there is none; at once, unless the file has to be compressed first.
    public func answer(_ request: Request) -> Answer {
        do {
            let path = try path(of: request)
            // A large file may have changed since it was looked at: then it is looked at once more.
            for _ in 0..<2 {
                switch try outcome(of: request, at: path) {
                case .response(let response): return .ready(response)
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
        guard let response = try response(for: request, RequestConditions(request.headers), compressed, nil) else {
            throw Self.unsettled
        }
        return response
    }

    private enum Outcome {
        case response(Response)
        case compression(StoredFile)
        case change
    }

    private func outcome(of request: Request, at path: String) throws -> Outcome {
        switch try store.find(path, now: request.eventLoop.now) {
        case .nothing:
            throw HTTPError(.notFound)
        case .directory:
            return .response(try redirectToDirectory(request))
        case .file(let file, let open):
            let conditions = RequestConditions(request.headers)
            let isCompressed =
                file.wantsCompression && !conditions.asksForRange
                && AcceptedEncodings(conditions.acceptEncoding).preferred(among: ["gzip"]) != nil
            if isCompressed, request.method != .head { return .compression(file) }
            guard var response = try response(for: request, conditions, file, open) else { return .change }
            if isCompressed, response.status == .ok { Self.leaveOpen(&response) }
            return .response(response)
        }
    }

    /// Takes out of an answer to HEAD what only compressing would tell: it must not differ from the answer to GET
    /// (RFC 9110 §8.6, §9.3.2).
    private static func leaveOpen(_ response: inout Response) {
        for name in [HTTPField.Name.contentLength, .eTag, .acceptRanges] { response.headers[name] = nil }
        response.body = .stream { $0.finish() }
    }

    private func path(of request: Request) throws -> String {
        guard request.method == .get || request.method == .head else {
            throw HTTPError(.methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        // A guard on /static/private/.* has not seen the slash of /static/private%2Fkey, so neither may we.
        let matched = request.target.matchingPath
        if matched.utf8.contains(UInt8(ascii: "%")), matched.utf8.contains("%2F".utf8) { throw HTTPError(.notFound) }
        guard let path = request.captures["path"] ?? request.captures[0] else { throw HTTPError(.notFound) }
        return path
    }

    private func redirectToDirectory(_ request: Request) throws -> Response {
        let path = request.mountPrefix + request.target.path
        // "//host/" would lead to another host.
        guard !path.utf8.starts(with: "//".utf8), path.utf8.last != UInt8(ascii: "/") else {
            throw HTTPError(.notFound)
        }
        let query = request.target.queryText.map { "?" + $0 } ?? ""
        return .redirect(to: path + "/" + query, status: .permanentRedirect)
    }

    /// The answer with the encoding that the client wants; nil if its bytes are not those described any more.
    private func response(
        for request: Request,
        _ conditions: RequestConditions,
        _ file: StoredFile,
        _ open: OpenFile?
    ) throws -> Response? {
        let representation =
            conditions.asksForRange || file.encodings.isEmpty
            ? file.identity : file.representation(for: AcceptedEncodings(conditions.acceptEncoding))
        let now = HTTPDate.now
        var headers = representation.headers
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
        // RFC 9110 §15.4.5: what a cache needs, and nothing about the body.
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
