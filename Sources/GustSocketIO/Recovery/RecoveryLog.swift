import GustHTTP

/// The packets that a client may have missed, in the order in which they were sent to it.
///
/// Used on the loop of the socket only.
struct RecoveryLog {
    /// A packet, or nil for a packet that isn't kept but whose offset the client knows.
    struct Entry {
        let offset: ByteText
        let packet: SharedPacket?
    }

    private(set) var entries: [Entry] = []
    /// The offset of the last packet that was removed from the log; nil if none was.
    private(set) var base: ByteText?
    /// The number of the packet that was appended last; nil if none was.
    private(set) var lastNumber: UInt64?
    /// How many of the entries were sent before the heartbeat that isn't answered yet.
    private var sentBeforePing: Int?
    private var byteCount = 0

    /// Makes an empty log; packets up to offset `base` aren't in it.
    init(base: ByteText? = nil) {
        self.base = base
    }

    /// Appends a packet; removes the oldest packets if the bounds are exceeded.
    mutating func append(_ shared: SharedPacket, isKept: Bool, _ limits: SocketIOSettings.Recovery) {
        guard let offset = shared.offset else { return }
        if let key = shared.latestKey { forget(key) }
        entries.append(Entry(offset: offset, packet: isKept ? shared : nil))
        lastNumber = shared.number
        if isKept { byteCount += shared.packet.weight }
        while entries.count > limits.maximumPackets || byteCount > limits.maximumBytes, !entries.isEmpty {
            removeFirst(1)
        }
    }

    /// Frees the packets that a later packet with the same key replaces; their offsets stay known.
    private mutating func forget(_ key: LatestKey) {
        for index in entries.indices {
            guard let shared = entries[index].packet, shared.latestKey == key else { continue }
            byteCount -= shared.packet.weight
            entries[index] = Entry(offset: entries[index].offset, packet: nil)
        }
    }

    /// Whether a packet with this offset is in the log.
    func contains(_ offset: ByteText) -> Bool { entries.contains { $0.offset == offset } }

    /// Records that a heartbeat is sent: its answer confirms everything that was sent before.
    mutating func pinged() {
        if sentBeforePing == nil { sentBeforePing = entries.count }
    }

    /// Removes the packets that the answer to a heartbeat confirms.
    mutating func answered() {
        guard let count = sentBeforePing else { return }
        sentBeforePing = nil
        removeFirst(count)
    }

    /// The entries after the packet with this offset; nil if the log doesn't reach back so far.
    ///
    /// A client that has received no packet has no offset: it missed everything.
    func missed(after offset: ByteText?) -> [Entry]? {
        guard let offset else { return base == nil ? entries : nil }
        if offset == base { return entries }
        guard let index = entries.lastIndex(where: { $0.offset == offset }) else { return nil }
        return Array(entries[(index + 1)...])
    }

    /// Puts entries of an earlier log before those of this one; a packet that is in both stays once.
    mutating func prepend(_ missed: [Entry], base: ByteText?) {
        let known = Set(missed.map(\.offset))
        let new = entries.filter { !known.contains($0.offset) }
        entries = missed + new
        self.base = base
        byteCount = entries.reduce(0) { $0 + ($1.packet?.packet.weight ?? 0) }
    }

    private mutating func removeFirst(_ count: Int) {
        let removed = entries.prefix(count)
        guard let last = removed.last else { return }
        base = last.offset
        byteCount -= removed.reduce(0) { $0 + ($1.packet?.packet.weight ?? 0) }
        entries.removeFirst(removed.count)
        sentBeforePing = sentBeforePing.map { max(0, $0 - removed.count) }
    }
}
