import GustWire

/// The handlers for the events that are sent to one socket.
///
/// Belongs to the socket's loop.
final class OutgoingHandlers {
    typealias Handler = @Sendable (_ name: String, _ arguments: Arguments) -> Void

    var list = HandlerList<Handler>()
    /// Whether the handlers are being called: what they send to the socket isn't passed to them.
    private var isCalling = false

    /// Calls the handlers if `packet` is an event or a message.
    func call(_ packet: Packet) {
        guard !isCalling else { return }
        switch packet {
        case .event(_, _, let name, let arguments): call(name, arguments)
        case .message(_, _, let message): call("message", Arguments(message))
        default: break
        }
    }

    private func call(_ name: String, _ arguments: Arguments) {
        isCalling = true
        for (_, handler) in list { handler(name, arguments) }
        isCalling = false
    }
}
