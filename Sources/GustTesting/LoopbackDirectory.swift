public import GustCluster
import GustHTTP
import Synchronization

/// A `NodeDirectory` within the process, for tests with several servers.
///
/// Entries don't expire. The tests of a node that has crashed leave its entry in place.
public final class LoopbackDirectory: NodeDirectory {
    private let entries = Mutex<[ByteText: NodeAddress]>([:])

    /// Makes a directory without nodes.
    public init() {}

    /// Adds a node; an entry with its tag is replaced.
    public func announce(_ address: NodeAddress, of tag: String, for lifetime: Duration) async throws {
        entries.withLock { $0[ByteText(tag)] = address }
    }

    /// Removes a node.
    public func withdraw(_ tag: String) async throws {
        entries.withLock { $0[ByteText(tag)] = nil }
    }

    /// The address of a node; nil if there is none.
    public func address(of tag: String) async throws -> NodeAddress? {
        entries.withLock { $0[ByteText(tag)] }
    }

    /// The tags of all nodes.
    package var tags: [String] { entries.withLock { $0.keys.map(\.string) } }
}
