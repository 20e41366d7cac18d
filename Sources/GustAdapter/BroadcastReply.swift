public import GustWire

/// The acknowledgement of one client for a broadcast event.
public struct BroadcastReply: Sendable {
    /// The id of the socket; nil if its node doesn't send ids.
    public let socketID: String?
    /// The arguments of the acknowledgement, or the reason for its absence.
    public let result: Result<Arguments, SocketError>

    /// Makes a reply.
    package init(socketID: String?, _ result: Result<Arguments, SocketError>) {
        self.socketID = socketID
        self.result = result
    }
}
