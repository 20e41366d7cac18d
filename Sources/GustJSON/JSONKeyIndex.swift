/// The members of one object by their keys, for objects with many members, with escapes in keys, or with a key twice.
///
/// The hash is `Hasher`'s, which is seeded for each process: a peer can't choose keys that collide.
struct JSONKeyIndex {
    /// Entries of keys, by hash; 0 for none.
    ///
    /// At least half of the places are free.
    private var places: [UInt32]
    /// The text of keys with escapes, by their entry.
    private var unescaped: [UInt32: [UInt8]] = [:]
    /// The entries of the keys, the first of each.
    private var keys: [UInt32] = []

    /// The number of keys that were compared, so that tests can see that the work is linear.
    private(set) var comparisons = 0

    init(_ reading: JSONReading, _ object: Int) {
        let tape = reading.tape
        let count = Int(tape[Int(tape[object].link) - 1].start)
        var size = 8
        while size < count * 2 { size *= 2 }
        places = Array(repeating: 0, count: size)
        keys.reserveCapacity(count)
        var key = object + 1
        while tape[key].kind != .end {
            if tape[key].kind == .escapedKey {
                unescaped[UInt32(key)] = Array(reading.string(tape[key]).utf8)
            }
            let found = withBytes(of: UInt32(key), in: reading) { place(of: $0, in: reading) }
            comparisons += found.comparisons
            // Of equal keys the first one counts.
            if places[found.index] == 0 {
                places[found.index] = UInt32(key)
                keys.append(UInt32(key))
            }
            key = reading.end(of: key + 1)
        }
    }

    /// The entry of the value of a key.
    func value(of key: UnsafeRawBufferPointer, in reading: JSONReading) -> Int? {
        let found = places[place(of: key, in: reading).index]
        return found == 0 ? nil : Int(found) + 1
    }

    /// All keys in order, each once.
    func keys(in reading: JSONReading) -> [String] { keys.map { reading.string(reading.tape[Int($0)]) } }

    /// The place of a key, or the free place for it.
    private func place(
        of key: UnsafeRawBufferPointer,
        in reading: JSONReading
    ) -> (index: Int, comparisons: Int) {
        var hasher = Hasher()
        hasher.combine(bytes: key)
        var index = hasher.finalize() & (places.count - 1)
        var comparisons = 0
        while places[index] != 0 {
            comparisons += 1
            let isFound = withBytes(of: places[index], in: reading) { bytes in
                bytes.count == key.count && bytes.elementsEqual(key)
            }
            if isFound { break }
            index = (index + 1) & (places.count - 1)
        }
        return (index, comparisons)
    }

    private func withBytes<Result>(
        of key: UInt32,
        in reading: JSONReading,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard let text = unescaped[key] else { return body(reading.text(reading.tape[Int(key)])) }
        return text.withUnsafeBytes(body)
    }
}
