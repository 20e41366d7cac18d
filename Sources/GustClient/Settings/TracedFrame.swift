import GustWire
public import NIOCore

/// A frame that a client has sent or received.
public struct TracedFrame: Sendable {
    /// Who has sent the frame.
    public enum Direction: Sendable, Hashable {
        /// The client.
        case sent
        /// The server.
        case received
    }

    /// Who has sent the frame.
    public let direction: Direction
    /// The transport that carries it, by its name in URLs.
    public let transport: String
    /// Whether the frame is text; otherwise it is a binary message.
    public let isText: Bool
    /// The frame's bytes: a packet as in a WebSocket message, without the framing of a polling payload.
    public let bytes: ByteBuffer

    init(_ direction: Direction, _ transport: String, _ frame: Frame) {
        self.direction = direction
        self.transport = transport
        switch frame {
        case .text(let bytes): (isText, self.bytes) = (true, bytes)
        case .binary(let bytes): (isText, self.bytes) = (false, bytes)
        }
    }
}
