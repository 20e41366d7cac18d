import GustAdapter
import GustHTTP

/// Records the broadcasts of a namespace on one loop while another node is asked for a session, so that none is missed between the
/// two nodes.
///
/// `@unchecked Sendable`: references travel between threads, but the entries are used on the loop of `shard` only.
final class BroadcastRecorder: @unchecked Sendable {
    let shard: LoopShard
    private let limits: SocketIOSettings.Recovery
    private var entries: [(packet: SharedPacket, selection: SocketSelection)] = []
    private var byteCount = 0
    /// Whether all broadcasts since the beginning are recorded.
    private var isComplete = true

    init(on shard: LoopShard, limits: SocketIOSettings.Recovery) {
        self.shard = shard
        self.limits = limits
    }

    /// Records a broadcast; past the bounds of a session nothing is recorded any more.
    func record(_ packet: SharedPacket, to selection: SocketSelection) {
        guard isComplete, packet.offset != nil, !selection.isVolatile else { return }
        byteCount += packet.packet.weight
        guard entries.count < limits.maximumPackets, byteCount <= limits.maximumBytes else {
            isComplete = false
            return entries = []
        }
        entries.append((packet, selection))
    }

    /// Stops recording; called on the loop of `shard`.
    func stop(in adapter: LocalAdapter) { shard.existingMembership(of: adapter)?.remove(self) }

    /// The recorded packets for a socket in these rooms, that of its id included; nil if not all were recorded.
    func packets(for rooms: Set<ByteText>) -> [SharedPacket]? {
        isComplete ? entries.filter { $0.selection.selects(rooms) }.map(\.packet) : nil
    }
}
