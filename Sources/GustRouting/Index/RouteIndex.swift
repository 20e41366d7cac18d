/// Finds the routes that a path can match, by the literal text that their patterns begin with.
///
/// A trie over the bytes of the prefixes. Each node where a prefix ends holds, in order of declaration, all routes
/// whose prefixes end at that node or at one of its ancestors. So one walk along the path finds all candidates.
struct RouteIndex: Sendable {
    private struct Node: Sendable {
        var bytes: [UInt8] = []
        var children: [Int] = []
        /// The candidates at this node; nil if no prefix ends here.
        var routes: [Int]?
    }

    private var nodes = [Node()]

    /// Indexes the prefixes of all routes, in order.
    init(_ prefixes: [String]) {
        nodes[0].routes = []
        for (route, prefix) in prefixes.enumerated() { insert(prefix, route) }
        inherit(0, [])
    }

    /// The numbers of the routes whose literal prefix `path` begins with, in order of declaration.
    func candidates(for path: String) -> [Int] {
        var path = path
        return path.withUTF8 { bytes in
            nodes.withUnsafeBufferPointer { nodes in
                var node = 0
                var best = 0
                for byte in bytes {
                    guard let place = nodes[node].bytes.firstIndex(of: byte) else { break }
                    node = nodes[node].children[place]
                    if nodes[node].routes != nil { best = node }
                }
                return nodes[best].routes ?? []
            }
        }
    }

    private mutating func insert(_ prefix: String, _ route: Int) {
        var node = 0
        for byte in prefix.utf8 {
            if let place = nodes[node].bytes.firstIndex(of: byte) {
                node = nodes[node].children[place]
            } else {
                nodes.append(Node())
                nodes[node].bytes.append(byte)
                nodes[node].children.append(nodes.count - 1)
                node = nodes.count - 1
            }
        }
        if nodes[node].routes == nil { nodes[node].routes = [] }
        nodes[node].routes?.append(route)
    }

    /// Adds the routes of its ancestors to each node where a prefix ends.
    private mutating func inherit(_ node: Int, _ above: [Int]) {
        var routes = above
        if let own = nodes[node].routes {
            routes = (above + own).sorted()
            nodes[node].routes = routes
        }
        for child in nodes[node].children { inherit(child, routes) }
    }
}
