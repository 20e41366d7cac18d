package import NIOCore

/// What follows an upgrade whose bytes belong to somebody else: the head of the response as it is, and the receiver of all further bytes.
///
/// A server that forwards an upgrade to another server answers so: neither end parses the protocol.
package struct ConnectionTakeover: Sendable {
    /// The status line and the header fields of the response, each with its CR LF, without the empty line behind them.
    ///
    /// They are sent unchanged, because old clients require an order and a spelling. The fields of the response follow them.
    package var head: ByteBuffer
    /// Makes the receiver of the client's bytes; called once, on the loop of the connection, after the head has been written.
    package var open: @Sendable (any ByteConnection) -> any ByteReceiver

    /// Makes a takeover.
    package init(head: ByteBuffer, open: @escaping @Sendable (any ByteConnection) -> any ByteReceiver) {
        self.head = head
        self.open = open
    }
}
