import GustHTTP

/// Finds the routes that a path can match, by the literal text that their patterns begin with.
///
/// A radix tree over the bytes of the prefixes. Each node where a prefix ends has, in order of declaration, all routes
/// whose prefixes end at that node or at one of its ancestors. So one walk along the path finds all candidates.
struct RouteIndex: Sendable {
    /// A node; it holds numbers only, so that a walk retains nothing.
    private struct Node: Sendable {
        /// The place in ``labels`` of the bytes that lead to the node from its parent.
        var label = 0..<0
        /// The numbers of its children.
        var children = 0..<0
        /// The place of its candidates in ``lists``; nil if no prefix ends here.
        var list: Int?
    }

    private var nodes = [Node()]
    private var labels: [UInt8] = []
    private var lists: [[Int]] = []

    /// Indexes the prefixes of all routes, in order.
    init(_ prefixes: [String]) {
        let sorted = prefixes.enumerated().map { (bytes: Array($1.utf8), route: $0) }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        build(0, sorted[...], depth: 0, [])
    }

    /// The numbers of the routes whose literal prefix `path` begins with, in order of declaration.
    func candidates(for path: String) -> [Int] {
        var path = path
        let list = path.withUTF8 { bytes in
            nodes.withUnsafeBufferPointer { nodes in
                labels.withUnsafeBytes { Self.walk(nodes, labels: $0, path: UnsafeRawBufferPointer(bytes)) }
            }
        }
        return lists[list]
    }

    /// The list of the last node on the way along a path where a prefix ends.
    private static func walk(
        _ nodes: UnsafeBufferPointer<Node>,
        labels: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer
    ) -> Int {
        var node = nodes[0]
        var best = node.list ?? 0
        var position = 0
        descent: while position < path.count {
            for number in node.children where labels[nodes[number].label.lowerBound] == path[position] {
                node = nodes[number]
                for byte in node.label {
                    guard position < path.count, path[position] == labels[byte] else { break descent }
                    position += 1
                }
                best = node.list ?? best
                continue descent
            }
            break
        }
        return best
    }

    /// Adds the nodes below `node`, for prefixes in the order of their bytes that have the first `depth` bytes in common.
    private mutating func build(
        _ node: Int,
        _ prefixes: ArraySlice<(bytes: [UInt8], route: Int)>,
        depth: Int,
        _ above: [Int]
    ) {
        let longer = prefixes.drop { $0.bytes.count == depth }
        let own = prefixes[..<longer.startIndex].map(\.route)
        let routes = (above + own).sorted()
        // The root has routes even if no prefix is empty.
        if !own.isEmpty || node == 0 {
            nodes[node].list = lists.count
            lists.append(routes)
        }
        var groups: [(prefixes: ArraySlice<(bytes: [UInt8], route: Int)>, depth: Int)] = []
        var rest = longer
        while let first = rest.first {
            let group = rest.prefix { $0.bytes[depth] == first.bytes[depth] }
            // The prefixes are in order, so the bytes that the first and the last have in common are those of all.
            let common = zip(first.bytes, group[group.endIndex - 1].bytes).prefix { $0 == $1 }.count
            groups.append((group, common))
            rest = rest[group.endIndex...]
        }
        // The children of a node are behind each other.
        let start = nodes.count
        nodes[node].children = start..<(start + groups.count)
        for group in groups {
            let label = labels.count..<(labels.count + group.depth - depth)
            labels += group.prefixes[group.prefixes.startIndex].bytes[depth..<group.depth]
            nodes.append(Node(label: label))
        }
        for (number, group) in groups.enumerated() { build(start + number, group.prefixes, depth: group.depth, routes) }
    }
}
