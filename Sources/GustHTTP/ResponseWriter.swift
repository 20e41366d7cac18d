public import HTTPTypes
public import NIOCore

/// Writes one streamed answer.
///
/// Belongs to the connection's loop: call it from there only.
///
/// The head leaves with the first bytes, so status and fields may change until then. If the first call is
/// ``finish(_:)``, the answer has a `Content-Length`; if `write` comes first it is sent in chunks (HTTP/1.1) or until
/// the connection ends (HTTP/1.0), unless the head already has a `Content-Length`. To be called again after the end,
/// or after the peer went away, is harmless and does nothing. Source: RFC 9112 §6 and §7.1.
public protocol ResponseWriter: AnyObject {
    /// The loop that this writer belongs to.
    var eventLoop: any EventLoop { get }
    /// Status of the answer; a change after the first write has no effect.
    var status: HTTPResponse.Status { get set }
    /// Header fields of the answer; a change after the first write has no effect.
    var headers: HTTPFields { get set }
    /// Whether a body without a length is sent in chunks (HTTP/1.1), as it is unless said otherwise.
    ///
    /// If not, the connection's end is the body's. A change after the first write has no effect.
    var isChunked: Bool { get set }
    /// Whether the peer takes what is written: false while more than the high water mark is buffered, and after the end.
    var isWritable: Bool { get }
    /// Whether the peer has shut down its side of the connection: most peers that did are gone, and what is written to them is
    /// lost without a sign. False where that can't be told.
    var hasPeerFinished: Bool { get }
    /// Called on the loop when ``isWritable`` becomes true again.
    var onWritable: (() -> Void)? { get set }
    /// Called once, on the loop, when the peer went away before the answer was finished; not after ``finish(_:)``.
    var onAbort: (() -> Void)? { get set }
    /// Sends bytes, at once or with the other output of this turn of the loop.
    func write(_ bytes: ByteBuffer)
    /// Sends a part of a file, by `sendfile` where the connection allows it.
    ///
    /// The file stays open until it was sent.
    func write(_ region: FileRegion)
    /// Ends the answer with a last piece, which may be empty.
    ///
    /// `completion` is called on the loop with true once everything was handed to the operating system, with false if
    /// the connection ended before.
    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?)
    /// Breaks the connection off, because the answer can't be completed: the peer sees a truncated body.
    func abort()
}

extension ResponseWriter {
    /// False: it can't be told.
    public var hasPeerFinished: Bool { false }

    /// Ends the answer with a last piece.
    public func finish(_ bytes: ByteBuffer = ByteBuffer()) { finish(bytes, completion: nil) }
}
