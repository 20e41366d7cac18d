/// Finds the routes that a path can match at all, by the literal text their patterns begin with.
///
/// A trie over the bytes of the prefixes. Each node where a prefix ends holds, in order of declaration, every route whose
/// prefix lies on the way there, so one walk along the path gives the very candidates that a scan would have to try.
struct RouteIndex: Sendable {
    private struct Node: Sendable {
        var bytes: [UInt8] = []
        var children: [Int] = []
        /// The candidates here; nil where no prefix ends.
        var routes: [Int]?
    }

    private var nodes = [Node()]

    /// Indexes the prefixes of all routes, in order.
    init(_ prefixes: [String]) {
        nodes[0].routes = []
        for (route, prefix) in prefixes.enumerated() { insert(prefix, route) }
        inherit(0, [])
    }

    /// The routes worth trying for `path`, in order of declaration.
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
        nodes[node].routes = (nodes[node].routes ?? []) + [route]
    }

    /// Gives each node the routes of those above it.
    private mutating func inherit(_ node: Int, _ above: [Int]) {
        var routes = above
        if let own = nodes[node].routes {
            routes = (above + own).sorted()
            nodes[node].routes = routes
        }
        for child in nodes[node].children { inherit(child, routes) }
    }
}
