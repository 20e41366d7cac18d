public import GustHTTP
import HTTPTypes
public import Logging
import NIOCore

/// Logs one line for each request when its response is complete.
///
/// ```swift
/// app.use(AccessLog(app.logger))
/// ```
///
/// The message is `answered`, with the metadata `method`, `path`, `status`, `bytes` (the body without the server's
/// framing), `milliseconds`, `peer`, `route` (the pattern of the route, unless the response is the router's own), and `id` if ``RequestID`` is
/// in front. A streamed response (a poll, server-sent
/// events, a file) is logged when it ends, with `aborted` if the client disconnected before; an upgrade is logged when
/// the handler answers. If the client disconnects before an async handler has answered, the line has `aborted` and the
/// status 499, which nginx uses too.
///
/// Queries often contain secrets, such as the sid of a Socket.IO connection, and are logged only with `includesQuery`.
/// Add this middleware inside ``TrustedProxies``, so that it logs the visitor's address, and around all other
/// middleware, so that it logs their refusals.
public struct AccessLog: Middleware {
    private let logger: Logger
    private let level: Logger.Level
    private let includesQuery: Bool

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - logger: the logger.
    ///   - level: the level of the lines.
    ///   - includesQuery: whether the query is logged with the path.
    public init(_ logger: Logger, level: Logger.Level = .info, includesQuery: Bool = false) {
        self.logger = logger
        self.level = level
        self.includesQuery = includesQuery
    }

    /// Answers with the answer of `next`, and logs it.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard logger.logLevel <= level else { return next.answer(request) }
        let entry = entry(for: request)
        return next.answer(request).edited(with: entry) { response, entry in entry.watch(&response) }
    }

    private func entry(for request: Request) -> Entry {
        Entry(
            logger: logger,
            level: level,
            method: request.method,
            path: includesQuery ? request.target.text : request.path,
            peer: request.peer.address,
            id: request.id,
            eventLoop: request.eventLoop,
            begin: request.eventLoop.now
        )
    }

    /// The data of a log line that are known before the response.
    struct Entry: Sendable {
        let logger: Logger
        let level: Logger.Level
        let method: HTTPRequest.Method
        let path: String
        let peer: SocketAddress?
        let id: String?
        let eventLoop: any EventLoop
        let begin: NIODeadline
        /// The pattern of the route; nil until there is a response.
        var route: String?

        /// Logs the line for this response: immediately, or when a streamed response ends.
        func watch(_ response: inout Response) {
            var entry = self
            entry.route = response.matchedRoute?.pattern
            // The client disconnected before the handler answered, so its task was cancelled and the response isn't
            // sent.
            if Task.isCancelled { return entry.write(HTTPResponse.Status(code: 499), bytes: 0, isAborted: true) }
            switch response.body {
            case .bytes(let bytes): entry.write(response.status, bytes: method == .head ? 0 : bytes.readableBytes)
            case .upgrade: entry.write(response.status, bytes: 0)
            case .stream(let body):
                response.body = .stream { [entry] writer in
                    body(
                        CountingWriter(writer) { end in
                            entry.write(end.status, bytes: end.bytes, isAborted: end.isAborted)
                        }
                    )
                }
            }
        }

        func write(_ status: HTTPResponse.Status, bytes: Int, isAborted: Bool = false) {
            let microseconds = (eventLoop.now - begin).nanoseconds / 1_000
            let fraction = String(microseconds % 1_000)
            var metadata: Logger.Metadata = [
                "method": "\(method)", "path": "\(path)", "status": "\(status.code)", "bytes": "\(bytes)",
                "milliseconds":
                    "\(microseconds / 1_000).\(String(repeating: "0", count: max(0, 3 - fraction.utf8.count)))\(fraction)",
                "peer": "\(peer?.ipAddress ?? peer?.pathname ?? "-")",
            ]
            if let route { metadata["route"] = "\(route)" }
            if let id { metadata["id"] = "\(id)" }
            if isAborted { metadata["aborted"] = "true" }
            logger.log(level: level, "answered", metadata: metadata)
        }
    }
}
