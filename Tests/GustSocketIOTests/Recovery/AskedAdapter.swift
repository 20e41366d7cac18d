import GustAdapter
import GustWire
import Synchronization

/// An adapter that answers the question for a session when the test says so, and whose other operations reach this node only.
final class AskedAdapter: Adapter {
    private let local: any NodeAdapter
    private let question = Mutex<CheckedContinuation<SocketSession?, Never>?>(nil)

    init(_ local: any NodeAdapter) { self.local = local }

    func restore(pid: String, offset: String?) async -> SocketSession? {
        await withCheckedContinuation { continuation in question.withLock { $0 = continuation } }
    }

    /// Answers the question.
    func answer(_ session: SocketSession?) { question.withLock { $0.take() }?.resume(returning: session) }

    func broadcast(_ packet: NamespacePacket, to selection: SocketSelection) { local.broadcast(packet, to: selection) }
    func broadcast(
        _ name: String,
        _ arguments: Arguments,
        to selection: SocketSelection,
        timeout: Duration,
        replies: ReplyCollector
    ) { replies.finish() }
    func join(_ rooms: [String], _ selection: SocketSelection) {}
    func leave(_ rooms: [String], _ selection: SocketSelection) {}
    func disconnect(_ selection: SocketSelection, closingConnections: Bool) {}
    func sockets(_ selection: SocketSelection, timeout: Duration) async -> SocketSnapshots { SocketSnapshots([]) }
    func serverSideEmit(_ name: String, _ arguments: Arguments) {}
    func serverSideEmit(_ name: String, _ arguments: Arguments, timeout: Duration) async -> ServerReplies {
        ServerReplies([])
    }
    func serverCount() async -> Int { 1 }
    func close() {}
}
