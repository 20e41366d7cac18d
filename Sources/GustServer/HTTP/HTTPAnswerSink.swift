import GustHTTP
import HTTPTypes
import NIOCore

/// Writes a streamed response to an HTTP/1.1 connection, or to a stream of another protocol.
///
/// Used on the loop only. A response begins once, then has pieces, and finishes or is aborted; calls for an exchange that isn't
/// the sink's current one do nothing.
protocol HTTPAnswerSink: AnyObject {
    var eventLoop: any EventLoop { get }
    /// Whether the peer has room for more output.
    var isWritable: Bool { get }
    /// Whether the peer has shut down its side for writing, or has closed the connection.
    var hasPeerFinished: Bool { get }
    /// Writes the head; `length` is that of the body, nil if its end is marked otherwise: by the connection's end if
    /// `endsConnection`, else as the protocol does.
    func begin(
        _ exchange: HTTPExchange,
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        length: Int?,
        endsConnection: Bool
    )
    /// Writes bytes of the body, at least one.
    func write(_ bytes: ByteBuffer, for exchange: HTTPExchange)
    /// Writes a part of a file, at least one byte.
    func write(_ region: FileRegion, for exchange: HTTPExchange)
    /// Ends the answer; `completion` is called with whether all of it was handed to the operating system.
    func finish(_ exchange: HTTPExchange, completion: ((Bool) -> Void)?)
    /// Aborts the response: the connection is closed, so that the peer sees that the response is incomplete.
    func breakOff(_ exchange: HTTPExchange)
    /// Calls `body`, which writes several times, and sends all of it in one write.
    func inOneWrite(_ body: () -> Void)
}
