/// How the messages of a WebSocket are compressed by permessage-deflate (RFC 7692), if the client offers it.
///
/// ```swift
/// var deflate = WebSocketDeflate()
/// deflate.minimumLength = 256
/// deflate.level = 1
/// settings.deflate = deflate
/// ```
///
/// With the default values each message is compressed by itself: an idle WebSocket needs no memory for compression, and a
/// broadcast is compressed once for all clients. Numbers out of range count as the nearest number in range.
public struct WebSocketDeflate: Sendable, Hashable {
    /// The length in bytes from which messages are compressed; shorter messages fit into one TCP segment uncompressed.
    public var minimumLength = 1_024
    /// The level of zlib: 1 (fastest) to 9 (smallest output).
    public var level = 6
    /// How much memory zlib uses besides the window: 1 (least memory) to 9 (fastest).
    public var memoryLevel = 8
    /// The server's window has at most 2^`windowBits` bytes: 9 to 15; a client may ask for a smaller window.
    public var windowBits = 15
    /// The client's window has at most 2^`clientWindowBits` bytes: 9 to 15.
    ///
    /// Only a client that offers `client_max_window_bits` can be given a limit.
    public var clientWindowBits = 15
    /// Whether the server's messages refer to its earlier messages on the same WebSocket (context takeover), unless the client
    /// declines that.
    ///
    /// Similar messages become shorter. Each such WebSocket keeps up to 256 KiB, depending on ``windowBits`` and
    /// ``memoryLevel``. A message that is broadcast is still compressed once for all clients, and refers to no other message.
    public var keepsContext = false
    /// Whether the client's messages may refer to its earlier messages on the same WebSocket (context takeover).
    ///
    /// Each such WebSocket keeps up to 40 KiB, depending on ``clientWindowBits``.
    public var keepsClientContext = false
    /// How many bytes the contexts of all WebSockets of one event loop may need together.
    ///
    /// A WebSocket for whose contexts no memory is left is opened without context takeover.
    public var maximumContextBytes = 64 << 20

    /// Makes settings with the default values.
    public init() {}
}
