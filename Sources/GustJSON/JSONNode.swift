import NIOCore

/// One value of the tree that an `Encodable` builds on its way to JSON text, if it doesn't encode its values in order.
final class JSONNode {
    /// What has been encoded so far.
    enum Value {
        /// Nothing yet; written as `{}`, which is what a type without members means by it.
        case none
        case text(ByteBuffer)
        case array([JSONNode])
        case object([(key: String, value: JSONNode)])
    }

    private(set) var value = Value.none
    let codingPath: [any CodingKey]
    /// What writes scalars, and keeps the attachments of the whole tree.
    private let writing: JSONWriting
    /// The places of the members by the bytes of their keys.
    private var places: [[UInt8]: Int] = [:]

    init(writing: JSONWriting, codingPath: [any CodingKey]) {
        self.writing = writing
        self.codingPath = codingPath
    }

    /// The member `key`, which is added unless it is there; this becomes an object, unless it is one.
    func member(_ key: any CodingKey) -> JSONNode {
        guard case .object(var members) = value else {
            value = .object([])
            places = [:]
            return member(key)
        }
        let name = key.stringValue
        if let place = places[Array(name.utf8)] { return members[place].value }
        let node = JSONNode(writing: writing, codingPath: codingPath + [key])
        // Let go of the only other reference, or appending copies the list each time.
        value = .none
        places[Array(name.utf8)] = members.count
        members.append((name, node))
        value = .object(members)
        return node
    }

    /// A new element; this becomes an array, unless it is one.
    func element() -> JSONNode {
        var elements: [JSONNode] = []
        if case .array(let present) = value { elements = present }
        value = .none
        let node = JSONNode(writing: writing, codingPath: codingPath + [JSONKey(elements.count)])
        elements.append(node)
        value = .array(elements)
        return node
    }

    /// Makes this an empty object or array, unless it is one already.
    func begin(isObject: Bool) {
        guard case .none = value else { return }
        value = isObject ? .object([]) : .array([])
    }

    /// Sets the member `key`; if that throws, the object is as before.
    func set<Encoded: Encodable>(_ encoded: Encoded, forKey key: any CodingKey) throws {
        let isNew = places[Array(key.stringValue.utf8)] == nil
        let node = member(key)
        let previous = node.value
        node.value = .none
        do {
            try node.set(encoded)
        } catch {
            node.value = previous
            if isNew { remove(node) }
            throw error
        }
    }

    /// Adds an element; if that throws, the array is as before.
    func append<Encoded: Encodable>(_ encoded: Encoded) throws {
        let node = element()
        do {
            try node.set(encoded)
        } catch {
            remove(node)
            throw error
        }
    }

    private func remove(_ node: JSONNode) {
        switch value {
        case .array(let elements): value = .array(elements.filter { $0 !== node })
        case .object(let members):
            let kept = members.filter { $0.value !== node }
            places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { (Array($1.key.utf8), $0) })
            value = .object(kept)
        case .none, .text: break
        }
    }

    /// Sets the value: a scalar, or whatever the type encodes itself as.
    func set<Encoded: Encodable>(_ encoded: Encoded) throws {
        if try writing.writeScalar(encoded, path: codingPath) {
            takeText()
        } else {
            try encoded.encode(to: JSONTreeEncoder(self))
        }
    }

    /// Sets a value that is JSON already.
    func set(json text: (inout [ByteBuffer]) -> ByteBuffer) { value = .text(text(&writing.attachments)) }

    func setNull() { value = .text(ByteBuffer(string: "null")) }

    private func takeText() {
        value = .text(ByteBuffer(bytes: writing.output.bytes))
        writing.output.truncate(to: 0)
    }

    /// Appends the tree as text.
    func write(into output: inout ByteBuffer) {
        switch value {
        case .none: output.writeStaticString("{}")
        case .text(let text): output.writeImmutableBuffer(text)
        case .array(let elements):
            output.writeStaticString("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { output.writeStaticString(",") }
                element.write(into: &output)
            }
            output.writeStaticString("]")
        case .object(var members):
            if writing.style.sortsKeys { members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
            output.writeStaticString("{")
            for (index, member) in members.enumerated() {
                if index > 0 { output.writeStaticString(",") }
                JSONText.write(member.key, into: &output)
                output.writeStaticString(":")
                member.value.write(into: &output)
            }
            output.writeStaticString("}")
        }
    }
}
