#if Redis
import NIOCore

/// What a ``RedisConnection`` is used for; all methods are called on its loop.
protocol RedisConnectionUser: AnyObject {
    /// Commands can be written; `isAgain` after a reconnection.
    func connectionBegan(isAgain: Bool)
    /// A reply or message has been received.
    func connectionReceived(_ value: RESPValue)
    /// All bytes that had arrived have been received.
    func connectionReadCompleted()
    /// The connection was lost, after ``connectionBegan(isAgain:)``.
    func connectionEnded(_ error: RedisError)
    /// A connection couldn't be made, or the handshake was refused.
    func connectionRefused(_ error: RedisError)
}
#endif
