public import HTTPTypes
public import NIOCore

/// Writes one streamed response.
///
/// All members must be used on the loop of the connection only.
///
/// The head is sent with the first bytes, so status and fields may change until then. If the first call is ``finish(_:)``,
/// the response has a `Content-Length`. If the first call is `write` and ``headers`` have no `Content-Length`, the body is
/// sent in chunks (HTTP/1.1) or ends with the connection (HTTP/1.0). After the end of the response or the connection, calls
/// do nothing. Source: RFC 9112 §6 and §7.1.
public protocol ResponseWriter: AnyObject {
    /// The loop of the connection.
    var eventLoop: any EventLoop { get }
    /// The status of the response; a change after the first write has no effect.
    var status: HTTPResponse.Status { get set }
    /// The header fields of the response; a change after the first write has no effect.
    var headers: HTTPFields { get set }
    /// Whether a body without a `Content-Length` is sent in chunks (HTTP/1.1); `true` by default.
    ///
    /// If `false`, the body ends with the connection. A change after the first write has no effect.
    var isChunked: Bool { get set }
    /// Whether more should be written: `false` while more than the high water mark is buffered, and after the end.
    var isWritable: Bool { get }
    /// Whether the peer has shut down its sending side; `false` if the connection can't detect that.
    ///
    /// Most peers that have done so are gone, and bytes written to them are lost without an error.
    var hasPeerFinished: Bool { get }
    /// Called on the loop when ``isWritable`` becomes `true` again.
    var onWritable: (() -> Void)? { get set }
    /// Called once, on the loop, if the connection ends before ``finish(_:)``.
    var onAbort: (() -> Void)? { get set }
    /// Sends bytes, at once or with the other output of this turn of the loop.
    func write(_ bytes: ByteBuffer)
    /// Sends a part of a file, with `sendfile` if the connection supports it.
    ///
    /// The file stays open until the part has been sent.
    func write(_ region: FileRegion)
    /// Ends the response with a last piece, which may be empty.
    ///
    /// `completion` is called on the loop: with `true` once all bytes have been handed to the operating system, with `false` if
    /// the connection ends before.
    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?)
    /// Closes the connection because the response can't be completed; the client receives a truncated body.
    func abort()
}

extension ResponseWriter {
    /// Ends the response with a last piece.
    public func finish(_ bytes: ByteBuffer = ByteBuffer()) { finish(bytes, completion: nil) }
}
