import NIOCore

/// The frame of a WebSocket that can be handed to the operating system as it is, with the socket that takes it.
///
/// Valid until the loop runs other code than that which asked for it: only the loop closes the socket, and the WebSocket holds the frame.
struct ReadyFrame {
    private let bytes: UnsafeRawBufferPointer
    /// nil if the socket is closed.
    private let descriptor: NIOBSDSocket.Handle?
    /// How many bytes of the frame the operating system has taken.
    private(set) var sentCount = 0

    init(_ bytes: UnsafeRawBufferPointer, to socket: ChannelSocket) {
        self.bytes = bytes
        descriptor = socket.descriptor
    }

    /// Sends the frame.
    mutating func send() {
        if let descriptor { sentCount = ChannelSocket.write(bytes, to: descriptor) }
    }
}
