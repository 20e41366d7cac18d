import GustHTTP
import HTTPTypes
import NIOCore

/// Where a streamed answer is written to: an HTTP/1.1 connection, or another protocol's stream.
///
/// Belongs to the loop. An answer begins once, then has pieces, and finishes or breaks; calls for an exchange that isn't
/// the sink's current one do nothing.
protocol HTTPAnswerSink: AnyObject {
    var eventLoop: any EventLoop { get }
    /// Whether the peer takes more output.
    var isWritable: Bool { get }
    /// Whether the peer sends nothing any more, because it is gone or only listens.
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
    /// Breaks off, so that the peer sees that something is missing.
    func breakOff(_ exchange: HTTPExchange)
    /// Calls what writes several times, and sends all of it in one write.
    func inOneWrite(_ body: () -> Void)
}
