/// Where the nodes of a cluster find each other: the address of each node, by the tag that the sids of its connections begin with.
///
/// Every node reads and writes the directory, for example keys of a database that expire. The methods may be called on any thread, and
/// more than one at a time. An error is logged; it doesn't end a node.
public protocol NodeDirectory: Sendable {
    /// Announces a node, and again at intervals of a third of `lifetime`.
    ///
    /// - Parameters:
    ///   - address: where other nodes reach it.
    ///   - tag: its tag, lower-case letters and digits, 12 characters.
    ///   - lifetime: how long the entry is valid.
    /// - Throws: An error if the directory can't be reached.
    func announce(_ address: NodeAddress, of tag: String, for lifetime: Duration) async throws

    /// Removes a node that ends; an unknown tag is ignored.
    ///
    /// - Throws: An error if the directory can't be reached.
    func withdraw(_ tag: String) async throws

    /// The address of a node; nil if there is none, or if its lifetime is over.
    ///
    /// - Throws: An error if the directory can't be reached.
    func address(of tag: String) async throws -> NodeAddress?
}
