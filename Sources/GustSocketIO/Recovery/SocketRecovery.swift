import GustHTTP

/// The state of one socket that its client can recover.
///
/// Used on the loop of the socket only, except the constants.
final class SocketRecovery {
    /// The private id with which the client asks for the socket.
    let pid: String
    let limits: SocketIOSettings.Recovery
    /// Whether the socket continues an earlier one.
    let isRecovered: Bool
    var log: RecoveryLog
    /// Whether the packets and rooms of the earlier socket are still being handed over; until then the socket isn't discarded.
    private(set) var isHandingOver: Bool
    private var whenHandedOver: [() -> Void] = []
    /// Ends the socket when its client hasn't returned in time.
    let timer = TimerWheel.Timer()

    init(pid: String, limits: SocketIOSettings.Recovery, isRecovered: Bool) {
        self.pid = pid
        self.limits = limits
        self.isRecovered = isRecovered
        log = RecoveryLog()
        isHandingOver = isRecovered
    }

    /// Calls `body` as soon as the hand-over from the earlier socket is complete.
    func whenHandedOver(_ body: @escaping () -> Void) {
        if isHandingOver { whenHandedOver.append(body) } else { body() }
    }

    /// Ends the hand-over; the result is called when the socket has joined its namespace or has ended.
    func endHandOver() -> [() -> Void] {
        isHandingOver = false
        defer { whenHandedOver = [] }
        return whenHandedOver
    }
}

/// The request of a client to continue a socket, in the payload of its CONNECT.
struct RecoveryRequest: Decodable {
    let pid: String
    private let offset: String?

    /// The last packet that the client has received.
    enum Position {
        /// The client has received none.
        case start
        /// The packet with this number.
        case packet(UInt64)

        /// The number of the packet; nil at the start.
        var number: UInt64? {
            if case .packet(let number) = self { number } else { nil }
        }
    }

    /// The last packet that the client has received; nil if the offset isn't one of this server.
    var position: Position? {
        guard let offset else { return .start }
        return UInt64(offset, radix: 36).map { .packet($0) }
    }
}
