import GustHTTP
import GustSessions

/// The properties that few connections have.
extension Connection {
    private var madeRareState: RareConnectionState {
        if let rareState { return rareState }
        let made = RareConnectionState()
        rareState = made
        return made
    }

    /// Gives the memory of state back that the connection doesn't have any more.
    func releaseRareState() {
        if let rareState, rareState.isEmpty { self.rareState = nil }
    }

    /// Observes the end of the session of the browser.
    var sessionObservation: SessionObservation? {
        get { rareState?.sessionObservation }
        set { if rareState != nil || newValue != nil { madeRareState.sessionObservation = newValue } }
    }

    /// Details of the end of the connection; nil if nothing is known beside the reason.
    var endDetails: DisconnectDetails? {
        get { rareState?.endDetails }
        set { if rareState != nil || newValue != nil { madeRareState.endDetails = newValue } }
    }

    /// The WebSocket that the client is upgrading to.
    var candidate: ConnectionWebSocket? {
        get { rareState?.candidate }
        set { if rareState != nil || newValue != nil { madeRareState.candidate = newValue } }
    }

    /// The broadcasts that are delivered while the connection moves to another loop; nil unless it has moved or may move.
    var handover: BroadcastHandover? {
        get { rareState?.handover }
        set {
            if rareState != nil || newValue != nil { madeRareState.handover = newValue }
            obstacles.set(.handover, newValue != nil)
        }
        _modify {
            // Asking makes no state.
            guard let rareState else {
                var handover: BroadcastHandover?
                yield &handover
                if let handover { self.handover = handover }
                return
            }
            yield &rareState.handover
            obstacles.set(.handover, rareState.handover != nil)
        }
    }

    /// The sockets of other namespaces than `/`.
    var otherSockets: [ByteText: Socket] {
        get { rareState?.otherSockets ?? [:] }
        set { if rareState != nil || !newValue.isEmpty { madeRareState.otherSockets = newValue } }
        _modify { yield &madeRareState.otherSockets }
    }

    /// The names that async families are being asked about.
    var questions: [ByteText: NamespaceQuestion] {
        get { rareState?.questions ?? [:] }
        set { if rareState != nil || !newValue.isEmpty { madeRareState.questions = newValue } }
        _modify { yield &madeRareState.questions }
    }

    /// The sockets that other nodes are being asked for, by namespace.
    var restorations: [ByteText: SessionRestoration] {
        get { rareState?.restorations ?? [:] }
        set { if rareState != nil || !newValue.isEmpty { madeRareState.restorations = newValue } }
        _modify { yield &madeRareState.restorations }
    }

    /// How many frames were in the outbox when the CONNECT of a further namespace was appended, while another one was settling.
    var settlingMarks: [Int] {
        get { rareState?.settlingMarks ?? [] }
        set { if rareState != nil || !newValue.isEmpty { madeRareState.settlingMarks = newValue } }
        _modify { yield &madeRareState.settlingMarks }
    }

    /// The closures of ``whenReading(_:)``.
    var whenResumed: [() -> Void] {
        get { rareState?.whenResumed ?? [] }
        set { if rareState != nil || !newValue.isEmpty { madeRareState.whenResumed = newValue } }
        _modify { yield &madeRareState.whenResumed }
    }

    /// The packets that wait until the outbox has room, with the policy `suspend`.
    var waitingPackets: [WaitingPacket] {
        get { rareState?.waitingPackets ?? [] }
        set { if rareState != nil || !newValue.isEmpty { madeRareState.waitingPackets = newValue } }
        _modify { yield &madeRareState.waitingPackets }
    }
}
