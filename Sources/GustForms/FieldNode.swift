import GustHTTP
import HTTPTypes

/// The fields of a query or a form as a tree: what a name has as values, and what it has below it in brackets.
///
/// `tags=a&tags=b` and `tags[]=a&tags[]=b` are two values of `tags`; `address[city]=x` is a value of `city` below `address`;
/// `lines[0]=a` is a value of `0` below `lines`. A name whose brackets aren't balanced is taken as it is.
struct FieldNode {
    /// The maximum number of brackets of a name.
    static let maximumDepth = 8

    enum Value {
        case text(String)
        case file(Upload)
    }

    private(set) var values: [Value] = []
    private(set) var children: [(key: String, node: FieldNode)] = []
    private var positions: [ByteText: Int] = [:]

    init() {}

    init(_ value: Value) { values = [value] }

    /// Makes the tree of fields in order.
    ///
    /// - Throws: `HTTPError` with status 400 if a name has too many brackets.
    init(_ fields: some Sequence<(name: String, value: Value)>) throws(HTTPError) {
        for (name, value) in fields { try insert(value, at: Self.path(of: name)[...]) }
    }

    /// The node of a key; nil if nothing was sent for it.
    subscript(key: String) -> FieldNode? { positions[ByteText(key)].map { children[$0].node } }

    /// The first text; nil if there is none.
    var text: String? {
        for case .text(let text) in values { return text }
        return nil
    }

    /// The first file; nil if there is none.
    var file: Upload? {
        for case .file(let file) in values { return file }
        return nil
    }

    /// The elements, if the node is read as a list: its values, then the nodes below it by their numbers.
    var elements: [FieldNode] {
        let numbered = children.compactMap { child in UInt32(child.key).map { (number: $0, node: child.node) } }
        return values.map { FieldNode($0) } + numbered.sorted { $0.number < $1.number }.map(\.node)
    }

    private mutating func insert(_ value: Value, at path: ArraySlice<String>) throws(HTTPError) {
        guard let key = path.first else { return values.append(value) }
        guard path.count <= Self.maximumDepth else {
            throw HTTPError(.badRequest, "a field's name has more than \(Self.maximumDepth) brackets")
        }
        let position: Int
        if let known = positions[ByteText(key)] {
            position = known
        } else {
            position = children.count
            positions[ByteText(key)] = position
            children.append((key, FieldNode()))
        }
        try children[position].node.insert(value, at: path.dropFirst())
    }

    /// The keys of a name: `a[b][]` has `a` and `b`.
    static func path(of name: String) -> [String] {
        guard name.utf8.last == UInt8(ascii: "]"), let open = name.utf8.firstIndex(of: UInt8(ascii: "[")),
            open > name.startIndex
        else { return [name] }
        var path = [String(name[..<open])]
        var rest = name.utf8[open...]
        while let first = rest.popFirst() {
            guard first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]")) else { return [name] }
            let key = rest[..<close]
            rest = rest[close...].dropFirst()
            // Empty brackets at the end mean one more value.
            if key.isEmpty {
                if rest.isEmpty { break }
                return [name]
            }
            guard !key.contains(UInt8(ascii: "[")) else { return [name] }
            path.append(String(Substring(key)))
        }
        return path
    }
}
