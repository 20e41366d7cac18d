/// What a codec remembers of heartbeats in the generations in which both ends use the same words for them.
///
/// A server's heartbeat is answered with the same packet, so that only who has spoken tells asking from answering.
///
/// `@unchecked Sendable`: owned by the codec of one connection, which is used on that connection's loop only.
final class Heartbeats: @unchecked Sendable {
    /// Whether this end is the server: it has opened the session.
    var isServer = false
    /// The number of the last heartbeat sent; 0 before the first.
    var sent = 0
    /// The number of the last heartbeat received.
    var received = 0

    /// What a heartbeat from the peer means.
    func packet(for number: Int) -> Packet {
        guard isServer else {
            received = number
            return .ping(probe: false)
        }
        // Only the answer to the last one counts; clients never begin (0.6.17, `client.js`).
        return number == sent && sent > 0 ? .pong(probe: false) : .noop
    }
}
