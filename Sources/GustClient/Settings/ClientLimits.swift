/// How much a ``SocketClient`` accepts from its server and keeps for it.
///
/// A server that sends more loses the connection, with an error that names the limit.
public struct ClientLimits: Sendable, Hashable {
    /// Bytes of one message or of one response to a poll.
    public var maximumPayload = 16 << 20
    /// Packets in one response to a poll.
    public var maximumPackets = 10_000
    /// Binary attachments of one event.
    public var maximumAttachments = 100
    /// Bytes of all attachments of one event.
    public var maximumAttachmentBytes = 64 << 20
    /// Events that a socket keeps while it isn't connected.
    public var maximumBufferedEvents = 10_000
    /// Bytes that wait to be sent; events beyond are refused with ``ClientError/bufferFull``.
    ///
    /// A sequence of events keeps about as many bytes for its reader. A server that asks for so many answers (pongs, acknowledgements)
    /// and doesn't read them loses the connection.
    public var maximumBufferedBytes = 16 << 20
    /// Acknowledgements that a socket waits for.
    public var maximumAcknowledgements = 10_000
    /// Suspended `async` handlers of a client; while there are so many, nothing is read from the server.
    public var maximumSuspendedHandlers = 1_000
    /// Events that a sequence of events keeps for its reader; while there are so many, nothing is read from the server.
    public var maximumUnreadEvents = 1_000

    /// Makes limits with the default values.
    public init() {}
}
