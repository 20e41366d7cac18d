public import GustAdapter
import Synchronization

/// Sessions of clients that return on another node than the one they left.
///
/// A session stays on the node that lost the client, which hands it over when another node asks. A node that shuts down sends its
/// sessions to all others, which keep them and record what the clients miss.
extension ClusterAdapter {
    /// How long the other nodes may take to hand a session over; the client waits for the answer to its CONNECT meanwhile.
    private static let restoreTimeout = Duration.seconds(2)

    /// Sends the session to the other nodes if this one shuts down; otherwise this node keeps it.
    ///
    /// An error of the bus is reported to `SocketIO.onError(_:)`, and the client then gets a new session.
    public func persist(_ session: SocketSession, isKept: Bool) {
        if !isKept { publish(.persist(session)) }
    }

    /// Asks the other nodes for the session of a client; ends two seconds later at the latest.
    ///
    /// The connection that the client still has to another node ends. No broadcast is missing if the bus has one order for all nodes:
    /// those that reached this node before the call are on the bus before the question.
    public func restore(pid: String, offset: String?) async -> SocketSession? {
        await barrier.pass()
        let own = kept.take(pid)
        let found = Mutex<SocketSession?>(nil)
        _ = await ask(timeout: Self.restoreTimeout, onlySharing: true) { content, _ in
            guard case .restored(_, let session?) = content else { return }
            found.withLock { $0 = $0 ?? session }
        } content: { request in
            .restore(request: request, pid: pid, offset: offset, isKept: own != nil)
        }
        return found.withLock { $0 } ?? own?.after(offset)
    }

    /// Hands a session of this node over to another one, which keeps a copy itself if `isKept` is set.
    func handOver(_ pid: String, after offset: String?, isKept: Bool, to node: String?, _ request: String) async {
        let own = kept.take(pid)
        let session = await local.restore(pid: pid, offset: offset) ?? (isKept ? nil : own?.after(offset))
        let isSent = send(.restored(request: request, session), to: node)
        // The node can't be reached, but the client may come to another one.
        if !isSent, let session { kept.insert(session) }
    }

    /// The offset of a new packet of this node; nil if clients can't recover.
    func nextOffset() -> String? {
        guard local.sessionLimits != nil else { return nil }
        return String(firstOffset + lastOffset.wrappingAdd(1, ordering: .relaxed).newValue, radix: 36)
    }
}
