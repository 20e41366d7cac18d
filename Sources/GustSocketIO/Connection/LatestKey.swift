import GustHTTP

/// The key under which an event replaces an earlier one that hasn't been sent.
///
/// An object, so that a mark of a frame has the size of a reference, and so that a broadcast hashes its key once.
final class LatestKey: Sendable, Hashable {
    private let namespace: ByteText
    private let key: ByteText
    private let hash: Int

    /// The text of the key.
    var name: String { key.string }

    init(_ key: String, in namespace: String) {
        self.namespace = ByteText(namespace)
        self.key = ByteText(key)
        var hasher = Hasher()
        hasher.combine(self.namespace)
        hasher.combine(self.key)
        hash = hasher.finalize()
    }

    /// Whether both are the same key of the same namespace, by bytes.
    static func == (left: LatestKey, right: LatestKey) -> Bool {
        left === right || (left.hash == right.hash && left.key == right.key && left.namespace == right.namespace)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
