/// How long responses to polls of Engine.IO 3 and 4 are compressed, by gzip or deflate, for clients that accept that.
///
/// Responses that last, responses to scripts before 1.0, and refusals are never compressed, nor is a response with
/// `Cache-Control: no-transform` (see ``SocketIOSettings/headers``). A body that would not become shorter is sent as it is.
///
/// The length of a compressed body tells something about its content (the attack BREACH): set
/// ``SocketIOSettings/pollCompression`` to nil if an event contains a secret next to text that an attacker can choose.
public struct PollCompression: Sendable {
    /// The length in bytes from which bodies are compressed.
    public var minimumLength = 1_024
    /// The level of zlib: 1 (fastest) to 9 (smallest output).
    public var level = 6

    /// Makes settings with the default values.
    public init() {}
}
