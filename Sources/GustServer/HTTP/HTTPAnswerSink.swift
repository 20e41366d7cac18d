import GustHTTP
import HTTPTypes
import NIOCore

/// Writes a streamed response to an HTTP/1.1 connection, or to a stream of another protocol.
///
/// Used on the loop only. A response begins once, then has pieces, and finishes or is aborted; calls for an exchange that isn't
/// the sink's current one do nothing.
protocol HTTPAnswerSink: AnyObject {
    /// The loop of the sink.
    var executor: LoopExecutor { get }
    /// Whether the peer has room for more output.
    var isWritable: Bool { get }
    /// Whether the peer has shut down its sending side, or has closed the connection.
    var hasPeerFinished: Bool { get }
    /// Whether the server is shutting down.
    var isShuttingDown: Bool { get }
    /// Writes an interim response (RFC 9110 §15.2), if the peer's version of the protocol has them; called before ``begin``.
    func inform(_ exchange: HTTPExchange, _ status: HTTPResponse.Status, _ fields: HTTPFields)
    /// Writes the head, and `body`, which may be empty; `length` is the length of the body, or nil if the head declares none.
    ///
    /// Without a length, the body ends with the connection if `endsConnection` is `true`; otherwise the protocol marks its end.
    func begin(
        _ exchange: HTTPExchange,
        _ status: HTTPResponse.Status,
        _ fields: ResponseFields,
        length: Int?,
        endsConnection: Bool,
        body: ByteBuffer
    )
    /// Writes bytes of the body, at least one.
    func write(_ bytes: ByteBuffer, for exchange: HTTPExchange)
    /// Writes a part of a file, at least one byte.
    func write(_ region: FileRegion, for exchange: HTTPExchange)
    /// Ends the response; `completion` is called with whether the whole response was handed to the operating system.
    ///
    /// `trailers` are sent if the protocol marks the end of the body.
    func finish(_ exchange: HTTPExchange, trailers: HTTPFields?, completion: ((Bool) -> Void)?)
    /// Aborts the response: the connection is closed, so that the peer sees that the response is incomplete.
    func breakOff(_ exchange: HTTPExchange)
    /// Calls `body`, which writes several times, and sends all of it in one write.
    func inOneWrite(_ body: () -> Void)
    /// Logs an error of the code that writes the response.
    func report(_ error: any Error)
}
