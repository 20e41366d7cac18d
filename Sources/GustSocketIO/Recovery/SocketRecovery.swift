import GustAdapter
import GustHTTP
import GustWire

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
    /// The offsets of packets that another node has sent to the client or handed over; nil unless the socket comes from another node.
    ///
    /// Such a broadcast may still be on its way to this node.
    private var known: Set<ByteText>?
    private var answeredHeartbeats = 0
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

    /// Makes the state that another node has handed over.
    convenience init(_ session: SocketSession, limits: SocketIOSettings.Recovery) {
        self.init(pid: session.pid, limits: limits, isRecovered: true)
        known = Set((session.received + session.missed.map(\.offset)).map { ByteText($0) })
    }

    /// Whether the client has, or gets, a broadcast from another node, so that it must not be sent again.
    func isKnown(_ shared: SharedPacket) -> Bool {
        guard let known, let offset = shared.offset else { return false }
        return known.contains(offset)
    }

    /// Records that a heartbeat is answered: removes the packets that this confirms.
    func heartbeatAnswered() {
        log.answered()
        guard known != nil else { return }
        // A broadcast isn't on its way for longer than a whole interval.
        answeredHeartbeats += 1
        if answeredHeartbeats > 1 { known = nil }
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
    /// The last packet that the client has received; nil if it has received none.
    private let offset: String?

    /// The greatest length of an id or an offset in bytes; no node makes longer ones.
    private static let maximumLength = 64

    /// The offset of the last packet that the client has received; nil if it has received none.
    var position: ByteText? { offset.map { ByteText($0) } }

    /// The request in the payload of a CONNECT; nil if the payload has none.
    init?(_ auth: JSONSlice?) {
        guard let request = try? auth?.decode(RecoveryRequest.self),
            request.pid.utf8.count <= Self.maximumLength,
            request.offset?.utf8.count ?? 0 <= Self.maximumLength
        else { return nil }
        self = request
    }
}
