import GustHTTP

/// Finds the routes that a path can match, by the literal text that their patterns begin with.
///
/// A radix tree over the bytes of the prefixes. Each node where a prefix ends has, in order of declaration, all routes
/// whose prefixes end at that node or at one of its ancestors. So one walk along the path finds all candidates. A route that matches one
/// path only is a candidate for that path only.
struct RouteIndex: Sendable {
    /// The literal text that a pattern begins with.
    struct Prefix: Sendable {
        let text: String
        /// Whether the pattern matches this text and nothing else.
        var isWhole = false
    }

    /// A node; it holds numbers only, so that a walk retains nothing.
    private struct Node: Sendable {
        /// Where the bytes that lead to the node from its parent begin in ``labels``, and how many they are.
        var label: Int32 = 0
        var labelLength: Int32 = 0
        /// The number of its first child, and how many children it has.
        var child: Int32 = 0
        var childCount: Int32 = 0
        /// The place in ``lists`` of the candidates for longer paths; -1 if no prefix of such paths ends here.
        var list: Int32 = -1
        /// The place in ``lists`` of the candidates for the path that ends here; -1 if these are those of the longer paths.
        var wholeList: Int32 = -1
    }

    private typealias Entry = (bytes: [UInt8], route: Int, isWhole: Bool)

    private var nodes = [Node()]
    private var labels: [UInt8] = []
    /// The first byte of the label of each node; 0 for the root.
    private var firstBytes: [UInt8] = [0]
    private var lists: [[Int]] = []

    /// Indexes the prefixes of all routes, in order.
    init(_ prefixes: [Prefix]) {
        let sorted = prefixes.enumerated().map { (bytes: Array($1.text.utf8), route: $0, isWhole: $1.isWhole) }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        build(0, sorted[...], depth: 0, [])
    }

    /// The numbers of the routes whose literal prefix `path` begins with, in order of declaration; those that match only their
    /// prefix are among them only if that is the path.
    func candidates(for path: String) -> [Int] {
        var path = path
        let list = path.withUTF8 { bytes in
            nodes.withUnsafeBufferPointer { nodes in
                labels.withUnsafeBytes { labels in
                    firstBytes.withUnsafeBytes { Self.walk(nodes, labels, $0, UnsafeRawBufferPointer(bytes)) }
                }
            }
        }
        return lists[list]
    }

    /// The list of the last node on the way along a path where a prefix ends.
    private static func walk(
        _ nodes: UnsafeBufferPointer<Node>,
        _ labels: UnsafeRawBufferPointer,
        _ firstBytes: UnsafeRawBufferPointer,
        _ path: UnsafeRawBufferPointer
    ) -> Int {
        // Read once: the compiler would compute it for each byte.
        let count = path.count
        var node = nodes[0]
        var best = node.list
        var position = 0
        while position < count {
            var child = Int(node.child)
            let end = child + Int(node.childCount)
            while child < end, firstBytes[child] != path[position] { child += 1 }
            guard child < end else { break }
            node = nodes[child]
            let length = Int(node.labelLength)
            guard length <= count - position else { break }
            let label = Int(node.label)
            // The first byte is the one by which the child was found.
            var matched = 1
            while matched < length, path[position + matched] == labels[label + matched] { matched += 1 }
            guard matched == length else { break }
            position += length
            if node.list >= 0 { best = node.list }
        }
        return Int(position == count && node.wholeList >= 0 ? node.wholeList : best)
    }

    /// Adds the nodes below `node`, for prefixes in the order of their bytes that have the first `depth` bytes in common.
    private mutating func build(
        _ node: Int,
        _ prefixes: ArraySlice<Entry>,
        depth: Int,
        _ above: [Int]
    ) {
        let longer = prefixes.drop { $0.bytes.count == depth }
        let own = prefixes[..<longer.startIndex]
        let beginning = own.filter { !$0.isWhole }.map(\.route)
        let routes = (above + beginning).sorted()
        // The root has routes even if no prefix is empty.
        if !beginning.isEmpty || node == 0 {
            nodes[node].list = Int32(lists.count)
            lists.append(routes)
        }
        if beginning.count < own.count {
            nodes[node].wholeList = Int32(lists.count)
            lists.append((above + own.map(\.route)).sorted())
        }
        var groups: [(prefixes: ArraySlice<Entry>, depth: Int)] = []
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
        nodes[node].child = Int32(start)
        nodes[node].childCount = Int32(groups.count)
        for group in groups {
            var child = Node()
            child.label = Int32(labels.count)
            child.labelLength = Int32(group.depth - depth)
            let bytes = group.prefixes[group.prefixes.startIndex].bytes
            labels += bytes[depth..<group.depth]
            firstBytes.append(bytes[depth])
            nodes.append(child)
        }
        for (number, group) in groups.enumerated() { build(start + number, group.prefixes, depth: group.depth, routes) }
    }
}
