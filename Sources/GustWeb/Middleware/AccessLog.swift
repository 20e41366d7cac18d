public import GustHTTP
import HTTPTypes
public import Logging
import NIOCore

/// Writes a line to the log for each request, when its answer is complete.
///
/// ```swift
/// app.use(AccessLog(app.logger))
/// ```
///
/// The line is `answered`, with the metadata `method`, `path`, `status`, `bytes` of the body before the server's framing,
/// `milliseconds`, `peer`, and `id` behind ``RequestID``. A streamed answer (a poll, server-sent events, a file) is noted at
/// its end, with `aborted` if the visitor left before; an upgrade when it is made. If the visitor leaves before an async handler
/// has answered, the line has `aborted` and the status 499, as nginx writes it.
///
/// Queries often carry secrets (a Socket.IO session's id is one) and aren't noted unless asked for. Put it behind
/// ``TrustedProxies``, to have the visitor's address, and in front of the rest, to have all refusals.
public struct AccessLog: Middleware {
    private let logger: Logger
    private let level: Logger.Level
    private let includesQuery: Bool

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - logger: where the lines go.
    ///   - level: their level.
    ///   - includesQuery: whether the query is noted with the path.
    public init(_ logger: Logger, level: Logger.Level = .info, includesQuery: Bool = false) {
        self.logger = logger
        self.level = level
        self.includesQuery = includesQuery
    }

    /// Answers with what is behind it, and notes it.
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

    /// A line in the making.
    struct Entry: Sendable {
        let logger: Logger
        let level: Logger.Level
        let method: HTTPRequest.Method
        let path: String
        let peer: SocketAddress?
        let id: String?
        let eventLoop: any EventLoop
        let begin: NIODeadline

        /// Writes the line for this answer: now, or at its end.
        func watch(_ response: inout Response) {
            // The client left before the handler answered: the response of its cancelled task reaches nobody.
            if Task.isCancelled { return write(HTTPResponse.Status(code: 499), bytes: 0, isAborted: true) }
            switch response.body {
            case .bytes(let bytes): write(response.status, bytes: method == .head ? 0 : bytes.readableBytes)
            case .upgrade: write(response.status, bytes: 0)
            case .stream(let body):
                response.body = .stream { writer in body(CountingWriter(writer, entry: self)) }
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
            if let id { metadata["id"] = "\(id)" }
            if isAborted { metadata["aborted"] = "true" }
            logger.log(level: level, "answered", metadata: metadata)
        }
    }
}
