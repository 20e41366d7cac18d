/// One entry of the flat list that ``JSONTapeBuilder`` makes of JSON text: 16 bytes.
///
/// A member is two entries, its key and its value. An object or array is an opening entry, the entries inside of it, and a
/// closing entry.
struct JSONTapeEntry {
    enum Kind: UInt8 {
        case null, no, yes, number, integer, string, escapedString, key, escapedKey, object, array, end
    }

    /// The largest ordinal that is kept.
    static let maximumOrdinal = 0xFF_FFFF

    /// The kind in the low 8 bits; above it the ordinal: which element of its array or which member of its object a value is.
    private var head: UInt32
    /// Where the text begins: behind the quote of a string, and at the bracket of an object or array.
    ///
    /// For a closing entry, the number of elements or members.
    var start: UInt32
    /// The length of the text: without the quotes of a string, and with the brackets of an object or array.
    ///
    /// For a closing entry, the entry of the key at which the next look-up begins.
    var length: UInt32
    /// The entry behind an object or array.
    ///
    /// For another value, and for a closing entry, the entry of the object or array that the value is in.
    var link: UInt32

    init(_ kind: Kind, ordinal: Int = 0, start: Int, length: Int, link: Int) {
        head = UInt32(kind.rawValue) | UInt32(min(ordinal, Self.maximumOrdinal)) << 8
        self.start = UInt32(truncatingIfNeeded: start)
        self.length = UInt32(truncatingIfNeeded: length)
        self.link = UInt32(truncatingIfNeeded: link)
    }

    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: head)) ?? .null }
    var ordinal: Int { Int(head >> 8) }
    var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
}

/// The memory of a tape, which grows at the end.
struct JSONTape {
    private(set) var entries: UnsafeMutablePointer<JSONTapeEntry>
    private(set) var count = 0
    private var capacity: Int

    /// Text of usual density fits without growing.
    init(textLength: Int) {
        capacity = 16 + textLength / 4
        entries = .allocate(capacity: capacity)
    }

    subscript(index: Int) -> JSONTapeEntry {
        get { entries[index] }
        nonmutating set { entries[index] = newValue }
    }

    @inline(__always)
    mutating func append(_ entry: JSONTapeEntry) {
        if count == capacity { grow() }
        (entries + count).initialize(to: entry)
        count += 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<JSONTapeEntry>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        capacity *= 2
    }

    func deallocate() { entries.deallocate() }
}
