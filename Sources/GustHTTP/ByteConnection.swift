package import NIOCore

/// The sending half of a connection that carries bytes without a meaning to this end, such as a connection to another server.
///
/// All members must be used on the loop of the connection only. After the end, calls do nothing.
package protocol ByteConnection: AnyObject {
    /// Whether more should be sent: `false` while more than the high water mark is buffered, and after the end.
    var isWritable: Bool { get }
    /// Sends bytes.
    func write(_ bytes: ByteBuffer)
    /// Closes the connection once all bytes have been sent.
    func finish()
    /// Closes the connection at once.
    func abort()
    /// Stops reading from the peer until ``resumeReading()``; calls don't nest.
    func pauseReading()
    /// Resumes reading after ``pauseReading()``.
    func resumeReading()
}

/// The receiving half of a ``ByteConnection``; all methods are called on its loop.
package protocol ByteReceiver: AnyObject {
    /// Called with bytes of the peer, at least one.
    func receive(_ bytes: ByteBuffer)
    /// Called when ``ByteConnection/isWritable`` has changed.
    func writabilityChanged(isWritable: Bool)
    /// Called once, when either direction has ended; nothing is called afterwards.
    func closed()
}
