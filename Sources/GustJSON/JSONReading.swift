/// The text that one call decodes, with its tape and what the containers look up in it.
///
/// Containers are a reference to this object and an entry of the tape, so that a decoder fits into an existential and nothing is
/// allocated for it. A type may keep its decoder beyond the call; then ``keepText()`` copies the text.
final class JSONReading {
    /// The text; valid until the call ends, or until the end of this object after ``keepText()``.
    // `@exclusivity(unchecked)` here and below: no access of these calls code outside of this module.
    @exclusivity(unchecked)
    private(set) var bytes: UnsafeRawBufferPointer
    let tape: JSONTape
    let attachments: (any JSONAttachments)?
    /// Tables of objects with many members, by their entry.
    @exclusivity(unchecked)
    private var indices: [Int: JSONKeyIndex] = [:]
    private var copy: UnsafeMutableRawBufferPointer?

    init(_ bytes: UnsafeRawBufferPointer, _ tape: JSONTape, _ attachments: (any JSONAttachments)?) {
        self.bytes = bytes
        self.tape = tape
        self.attachments = attachments
    }

    deinit {
        tape.deallocate()
        copy?.deallocate()
    }

    /// Copies the text, because the text of the call isn't valid any more.
    func keepText() {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyMemory(from: bytes)
        self.copy = copy
        bytes = UnsafeRawBufferPointer(copy)
    }

    @inline(__always)
    func text(_ entry: JSONTapeEntry) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[entry.range])
    }

    /// The entry behind a value.
    @inline(__always)
    func end(of index: Int) -> Int {
        switch tape[index].kind {
        case .object, .array: Int(tape[index].link)
        default: index + 1
        }
    }

    // MARK: Members

    /// Gets an object ready for look-ups.
    ///
    /// Of members with the same key the first one counts, as for Foundation. A look-up begins behind the member that was found last, which is
    /// only right if all keys differ; so objects in which they may not differ get a table.
    func beginObject(_ object: Int) {
        var seen = JSONKeyFilter()
        var mayRepeat = false
        var key = object + 1
        while tape[key].kind != .end {
            let entry = tape[key]
            // Keys with escapes are compared by the text that they stand for.
            guard entry.kind == .key else { return addIndex(object) }
            if !seen.insert(text(entry)) { mayRepeat = true }
            key = end(of: key + 1)
        }
        guard mayRepeat else { return }
        let count = Int(tape[Int(tape[object].link) - 1].start)
        if count > Self.longestScan || repeatsKey(object) { addIndex(object) }
    }

    /// The number of members up to which members are compared one by one.
    private static let longestScan = 16

    private func repeatsKey(_ object: Int) -> Bool {
        var key = object + 1
        while tape[key].kind != .end {
            let entry = tape[key]
            var other = end(of: key + 1)
            while tape[other].kind != .end {
                if tape[other].length == entry.length, isEqual(text(tape[other]), text(entry)) { return true }
                other = end(of: other + 1)
            }
            key = end(of: key + 1)
        }
        return false
    }

    private func addIndex(_ object: Int) {
        if indices[object] == nil { indices[object] = JSONKeyIndex(self, object) }
    }

    /// The table of an object; nil if its members are compared one by one.
    func index(of object: Int) -> JSONKeyIndex? { indices[object] }

    /// The entry of the value of a member; nil if there is no such member.
    ///
    /// - Parameters:
    ///   - key: the key, compared by its bytes.
    ///   - object: an object that ``beginObject(_:)`` was called for.
    ///   - isLast: whether the next look-up is probably of another member.
    /// - Returns: the entry.
    @inline(__always)
    func member(_ key: String, of object: Int, isLast: Bool) -> Int? {
        var key = key
        return key.withUTF8 { find(UnsafeRawBufferPointer($0), object, isLast) }
    }

    private func find(_ key: UnsafeRawBufferPointer, _ object: Int, _ isLast: Bool) -> Int? {
        let close = Int(tape[object].link) - 1
        let hint = Int(tape[close].length)
        if !indices.isEmpty, let index = indices[object] {
            return index.value(of: key, in: self)
        }
        var candidate = hint
        // Members from the hint to the end, then those before the hint.
        for _ in 0..<2 {
            while candidate != close {
                let entry = tape[candidate]
                if Int(entry.length) == key.count, isEqual(text(entry), key) {
                    tape.entries[close].length = UInt32(
                        truncatingIfNeeded: isLast ? end(of: candidate + 1) : candidate
                    )
                    return candidate + 1
                }
                candidate = end(of: candidate + 1)
                if candidate == hint { return nil }
            }
            candidate = object + 1
            if candidate == hint { return nil }
        }
        return nil
    }

    @inline(__always)
    private func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }

    /// The keys of an object in order, each once.
    func keys(of object: Int) -> [String] {
        if let index = indices[object] { return index.keys(in: self) }
        var keys: [String] = []
        var key = object + 1
        while tape[key].kind != .end {
            keys.append(string(tape[key]))
            key = end(of: key + 1)
        }
        return keys
    }

    /// The text of a string or key.
    @inline(__always)
    func string(_ entry: JSONTapeEntry) -> String {
        switch entry.kind {
        case .string, .key: String(decoding: text(entry), as: UTF8.self)
        default: JSONStringReader.unescape(text(entry)) ?? ""
        }
    }

    // MARK: The place of a value

    /// The keys and indices on the way to a value.
    func codingPath(of index: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var index = index
        while index > 1 {
            let isContainer = tape[index].kind == .object || tape[index].kind == .array
            let parent = Int(isContainer ? tape[Int(tape[index].link) - 1].link : tape[index].link)
            guard parent > 0 else { break }
            if tape[parent].kind == .object {
                path.append(JSONKey(stringValue: string(tape[index - 1])))
            } else {
                path.append(JSONKey(tape[index].ordinal))
            }
            index = parent
        }
        path.reverse()
        return path
    }
}
