import GustWire

/// The frames of one response to a poll, until it is known whether the response was sent.
struct PollDelivery: Sendable {
    let transport: PollingTransport
    let frames: [Frame]
    /// The number of the response; see ``RequestRepetition``.
    let number: Int
    /// The length of the response's body.
    let byteCount: Int

    /// Reports whether the response was sent; called on the loop of the connection.
    func report(isSent: Bool, _ connection: Connection) { transport.confirm(isSent, self, connection) }
}
