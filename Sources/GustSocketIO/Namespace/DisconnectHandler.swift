import GustWire

/// A handler for the disconnect of a socket.
enum DisconnectHandler: Sendable {
    case brief(@Sendable (CloseReason) -> Void)
    case detailed(@Sendable (CloseReason, DisconnectDetails) -> Void)

    func call(_ reason: CloseReason, _ details: DisconnectDetails) {
        switch self {
        case .brief(let body): body(reason)
        case .detailed(let body): body(reason, details)
        }
    }
}
