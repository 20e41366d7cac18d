package import HTTPTypes
package import NIOCore

/// The streams of a multiplexed connection, as their exchanges write to them.
///
/// Used on the loop only. `stream` is the identifier of the stream; calls for a stream that has ended do nothing.
package protocol HTTPStreamOutput: AnyObject {
    /// Whether the connection has room for more output.
    var isWritable: Bool { get }
    /// Writes an informational response, for example 100.
    func writeInformation(_ status: HTTPResponse.Status, _ fields: HTTPFields, on stream: Int)
    /// Writes the head of the response; `length` is the length of the body, or nil if the head declares none.
    func writeHead(
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        length: Int?,
        date: String,
        endsStream: Bool,
        on stream: Int
    )
    /// Writes bytes of the body; `sent`, if it isn't nil, is called once with whether they were handed to the operating system.
    func write(_ bytes: ByteBuffer, endsStream: Bool, on stream: Int, sent: ((Bool) -> Void)?)
    /// Writes the fields behind the body, which end the stream; `sent`, if it isn't nil, is called once with whether they were handed
    /// to the operating system.
    func writeTrailers(_ fields: HTTPFields, on stream: Int, sent: ((Bool) -> Void)?)
    /// Ends the stream at once, in both directions.
    func reset(_ reason: HTTPStreamResetReason, on stream: Int)
    /// `change` more bytes of the body wait for their reader, or fewer if it is negative: the peer may send as many again then.
    func hold(_ change: Int, on stream: Int)
    /// Calls ``HTTPStreamExchange/check(now:)`` of the exchanges at this time or before.
    func wait(until deadline: NIODeadline)
    /// Sends what was written, now or at the end of the present read burst.
    func flush()
}

/// The reason for the end of a stream (RFC 9113 §7).
package enum HTTPStreamResetReason {
    /// The response is complete, and the rest of the request isn't needed.
    case answered
    /// The request or the response took too long.
    case timeout
    /// The response can't be completed.
    case failure
}
