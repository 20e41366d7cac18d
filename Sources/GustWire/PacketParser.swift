/// The form in which the packets of Socket.IO are sent by clients of revision 4; Node's option `parser`.
public enum PacketParser: Sendable {
    /// JSON, with bytes as attachments: the form of every stock client (socket.io-parser).
    case json
    /// MessagePack: each packet is one binary message (socket.io-msgpack-parser).
    ///
    /// Clients must use that parser too. Clients of older revisions use their own form with either value.
    case messagePack
}
