import GustHTTP
import NIOCore
import Synchronization

/// Keeps files by their paths, bounded in bytes and entries; the least recently used files are evicted first.
///
/// All loops share the cache. The lock is held during a look-up or a change, never while a file is read.
final class FileCache: Sendable {
    private struct Slot {
        var file: StoredFile
        var isFreshUntil: NIODeadline
        var lastUse: NIODeadline
    }

    private struct State {
        var slots: [ByteText: Slot] = [:]
        var cost = 0
        var compressing: Set<ByteText> = []
        /// The files that are read for their versions.
        var hashing: Set<ByteText> = []
        /// The number of bytes that may be compressed, as of `budgetTime`.
        var budget = FileCache.maximumBudget
        var budgetTime: NIODeadline?
    }

    /// The most bytes that may be compressed in a burst, so that all files of a site can be compressed after the server
    /// starts.
    static let maximumBudget = 32 << 20
    /// The number of bytes that may be compressed per second in the long run, which takes a few hundredths of one core.
    static let budgetPerSecond = 1 << 20

    private let state = Mutex(State())
    private let maximumCost: Int
    private let maximumEntries: Int
    /// How long an entry is used without a look at the disk.
    let freshness: TimeAmount

    /// Makes a cache for `maximumCost` bytes; an entry is used for `freshness` without a look at the disk.
    init(
        maximumCost: Int,
        maximumEntries: Int = 4_096,
        freshness: TimeAmount = DevelopmentMode.isOn ? .zero : .seconds(1)
    ) {
        self.maximumCost = maximumCost
        self.maximumEntries = maximumEntries
        self.freshness = freshness
    }

    /// The number of bytes in the cache; for tests.
    var cost: Int { state.withLock { $0.cost } }

    /// The cached file at `path`, and whether it may be served without a look at the disk.
    func file(at path: String, now: NIODeadline) -> (file: StoredFile, isFresh: Bool)? {
        state.withLock { state in
            guard let index = state.slots.index(forKey: ByteText(path)) else { return nil }
            state.slots.values[index].lastUse = now
            let slot = state.slots.values[index]
            return (slot.file, now < slot.isFreshUntil)
        }
    }

    /// Whether a file of `length` bytes is small enough to be kept.
    func canKeep(_ length: Int) -> Bool { length <= maximumCost / 4 }

    /// Makes the entry at `path` fresh again, after the file was found unchanged.
    func confirm(_ path: String, now: NIODeadline) {
        state.withLock { $0.slots[ByteText(path)]?.isFreshUntil = now + freshness }
    }

    /// Keeps `file`, unless it takes more than a quarter of the cache's bytes.
    func store(_ file: StoredFile, at path: String, now: NIODeadline) {
        let cost = file.cost
        let path = ByteText(path)
        state.withLock { state in
            if let old = state.slots.removeValue(forKey: path) { state.cost -= old.file.cost }
            guard canKeep(cost) else { return }
            state.slots[path] = Slot(file: file, isFreshUntil: now + freshness, lastUse: now)
            state.cost += cost
            evict(from: &state)
        }
    }

    /// Keeps the version of the file at `path`, unless the file has changed since it had `metadata`.
    func setVersion(_ version: String, at path: String, of metadata: OpenFile.Metadata) {
        state.withLock { state in
            guard let index = state.slots.index(forKey: ByteText(path)),
                state.slots.values[index].file.identity.metadata == metadata
            else { return }
            state.slots.values[index].file = state.slots.values[index].file.with(version: version)
        }
    }

    /// Reserves the file at `path` for the caller that reads it; false if another caller reads it.
    func beginVersion(of path: String) -> Bool { state.withLock { $0.hashing.insert(ByteText(path)).inserted } }

    /// Ends a reservation of ``beginVersion(of:)``.
    func endVersion(of path: String) {
        _ = state.withLock { $0.hashing.remove(ByteText(path)) }
    }

    /// Removes the file at `path`.
    func remove(_ path: String) {
        state.withLock { state in
            if let old = state.slots.removeValue(forKey: ByteText(path)) { state.cost -= old.file.cost }
        }
    }

    /// Reserves the compression of a file of `length` bytes for the caller.
    ///
    /// - Returns: false if another caller compresses the file already, or if the budget is used up. Without a budget,
    ///   files that together don't fit in the cache would be compressed again for each request.
    func beginCompression(of path: String, length: Int, now: NIODeadline) -> Bool {
        state.withLock { state in
            let elapsed = state.budgetTime.map { max(0, (now - $0).nanoseconds) } ?? 0
            let earned = Int(min(elapsed, 60_000_000_000)) / 1_000 * Self.budgetPerSecond / 1_000_000
            if earned > 0 || state.budgetTime == nil {
                state.budget = min(Self.maximumBudget, state.budget + earned)
                state.budgetTime = now
            }
            guard state.budget >= length, state.compressing.insert(ByteText(path)).inserted else { return false }
            state.budget -= length
            return true
        }
    }

    /// Ends a reservation of ``beginCompression(of:length:now:)``.
    func endCompression(of path: String) {
        _ = state.withLock { $0.compressing.remove(ByteText(path)) }
    }

    private func evict(from state: inout State) {
        guard state.cost > maximumCost || state.slots.count > maximumEntries else { return }
        // An eighth is evicted at a time, so that a full cache isn't sorted for every new file.
        for (path, slot) in state.slots.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
            guard state.cost > maximumCost / 8 * 7 || state.slots.count > maximumEntries / 8 * 7 else { return }
            state.slots[path] = nil
            state.cost -= slot.file.cost
        }
    }
}
