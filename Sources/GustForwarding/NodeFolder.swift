import GustCluster
import GustHTTP

/// The nodes of one machine: each has a Unix socket in one folder, whose name is its tag.
struct NodeFolder: NodeDirectory {
    let path: String

    /// The socket of a node.
    func socket(of tag: String) -> String { "\(path)/\(tag)" }

    /// Does nothing: the server makes the socket.
    func announce(_ address: NodeAddress, of tag: String, for lifetime: Duration) async throws {}

    /// Does nothing: the server removes the socket.
    func withdraw(_ tag: String) async throws {}

    /// The socket, which may not exist; a tag has letters and digits only.
    func address(of tag: String) async throws -> NodeAddress? { .unixSocket(path: socket(of: tag)) }
}
