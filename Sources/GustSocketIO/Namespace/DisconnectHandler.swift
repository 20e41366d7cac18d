import GustWire

/// A handler for the disconnect of a socket.
enum DisconnectHandler: Sendable {
    case brief(@Sendable (CloseReason) -> Void)
    case detailed(@Sendable (CloseReason, DisconnectDetails) -> Void)
    /// Also for a socket that is never let in.
    case always(@Sendable () -> Void)

    func call(_ reason: CloseReason, _ details: DisconnectDetails) {
        switch self {
        case .brief(let body): body(reason)
        case .detailed(let body): body(reason, details)
        case .always(let body): body()
        }
    }

    /// The socket has ended without having been connected.
    func callWithoutDisconnect() { if case .always(let body) = self { body() } }
}
