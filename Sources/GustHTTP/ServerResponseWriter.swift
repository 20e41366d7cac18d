package import HTTPTypes

/// A ``ResponseWriter`` with the members that asynchronous bodies need besides.
///
/// The writers of the server, of the test client and of middleware are such writers. All members must be used on the loop of the
/// connection only.
package protocol ServerResponseWriter: ResponseWriter {
    /// The loop of the connection as an executor, for the task that writes the body.
    var executor: LoopExecutor { get }
    /// Whether the bytes of the body are sent: `false` for `HEAD`, and for a status without a body.
    var carriesBody: Bool { get }
    /// The trailer fields (RFC 9110 §6.5), which are sent behind a body without a `Content-Length`; nil if there are none.
    ///
    /// They aren't sent to a client of HTTP/1.0. A change after the end has no effect.
    var trailers: HTTPFields? { get set }
    /// Called once, on the loop, when the server begins to shut down, or at once if it already has.
    var onShutdown: (() -> Void)? { get set }
    /// Sends an interim response (RFC 9110 §15.2), such as 103; does nothing after the head, and for a client of HTTP/1.0.
    func sendInterim(_ status: HTTPResponse.Status, _ headers: HTTPFields)
    /// Makes a change that many responses get; like changes of ``ResponseWriter/headers``, it has no effect after the first write.
    func apply(_ change: PreparedChange)
    /// Logs an error that occurred while the body was being written.
    func report(_ error: any Error)
}

extension ServerResponseWriter {
    package func apply(_ change: PreparedChange) { change.apply(&headers) }
}

extension ResponseWriter {
    /// Makes a change that many responses get, which the writer of a server may have made before.
    package func make(_ change: PreparedChange) {
        if let writer = self as? any ServerResponseWriter { writer.apply(change) } else { change.apply(&headers) }
    }
}
