import GustHTTP
import GustSessions

/// The state that few connections have, or have for a moment: an object of its own, so that an idle connection doesn't have the
/// memory for it.
///
/// Used on the connection's loop only.
final class RareConnectionState {
    var sessionObservation: SessionObservation?
    var endDetails: DisconnectDetails?
    var candidate: ConnectionWebSocket?
    var otherSockets: [ByteText: Socket] = [:]
    var questions: [ByteText: NamespaceQuestion] = [:]
    var restorations: [ByteText: SessionRestoration] = [:]
    var settlingMarks: [Int] = []
    var whenResumed: [() -> Void] = []
    var waitingPackets: [WaitingPacket] = []
    /// Exclusivity needn't be checked at run time: each use is a load, a store, or a call of a value that calls nothing back.
    @exclusivity(unchecked) var handover: BroadcastHandover?

    /// Whether the object can be freed.
    var isEmpty: Bool {
        sessionObservation == nil && endDetails == nil && candidate == nil && otherSockets.isEmpty && questions.isEmpty
            && restorations.isEmpty && settlingMarks.isEmpty && whenResumed.isEmpty && waitingPackets.isEmpty
            && handover == nil
    }
}
