package import GustHTTP
package import NIOCore

/// Reads and writes the frames of one connection, by RFC 6455 or an earlier draft.
///
/// A framing is a value without I/O, which the channel handler owns. It is that of one end: a server or a client.
package protocol WebSocketFraming {
    /// Reads frames from the readable bytes of `buffer`, and adds the inputs to `inputs`, which is empty, in order.
    ///
    /// A failure is the last input; nothing is read after it.
    ///
    /// - Returns: How many bytes were read, and whether reading was interrupted because it took long, with bytes left in `buffer`. If so,
    ///   the caller must let its loop do other work before it calls this method again.
    mutating func read(_ buffer: ByteBuffer, into inputs: WebSocketInputs) -> (consumed: Int, isInterrupted: Bool)

    /// Whether every frame that is written is RFC 6455's header followed by the unchanged payload.
    ///
    /// If `true`, the handler writes frames itself and may send a ``PreparedMessage``'s frame; otherwise it calls
    /// ``write(_:_:into:)`` and ``frame(of:)``. The value never changes.
    var isPlain: Bool { get }

    /// Whether the protocol has close frames; otherwise a connection ends with its TCP connection only.
    var hasClosingHandshake: Bool { get }

    /// Whether the protocol has binary messages.
    var carriesBinary: Bool { get }

    /// Appends a whole frame; appends nothing for a control frame that the protocol doesn't have.
    ///
    /// The hixie drafts have no pings and pongs, and hixie-75 has no close frame.
    ///
    /// - Throws: ``WebSocketError`` if the protocol can't carry the message; nothing has been appended then.
    mutating func write(
        _ kind: WebSocketOutput,
        _ payload: ByteBuffer,
        into buffer: inout ByteBuffer
    ) throws(WebSocketError)

    /// The frame of a message that is sent to several WebSockets, made once for all of them where possible.
    ///
    /// - Throws: As ``write(_:_:into:)``.
    mutating func frame(of message: PreparedMessage) throws(WebSocketError) -> SharedFrame
}

extension WebSocketFraming {
    /// Reads frames from `buffer`, removes the bytes that it has read, and appends the inputs to `inputs`, in order.
    ///
    /// For ends that get few messages: each message is a slice of its own.
    ///
    /// - Returns: Whether reading was interrupted, as by ``read(_:into:)-(ByteBuffer,WebSocketInputs)``.
    @discardableResult
    package mutating func read(_ buffer: inout ByteBuffer, into inputs: inout [WebSocketInput]) -> Bool {
        let found = WebSocketInputs()
        let progress = read(buffer, into: found)
        for index in 0..<found.count { inputs.append(found[index]) }
        buffer.moveReaderIndex(forwardBy: progress.consumed)
        return progress.isInterrupted
    }
}

/// A message, a control frame or a failure that was read.
package enum WebSocketInput: Equatable {  // bytes: only tests compare it
    case text(ByteBuffer)
    case binary(ByteBuffer)
    case ping(ByteBuffer)
    case pong
    case close(WebSocketCloseCode?, reason: String)
    /// The connection failed, usually because the peer violated the protocol; the code is for the close frame.
    case failure(WebSocketCloseCode)
}

/// The kind of a message or control frame to send.
package enum WebSocketOutput: Sendable {
    case text, binary, ping, pong, close
}
