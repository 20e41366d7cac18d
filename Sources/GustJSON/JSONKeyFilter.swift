/// A Bloom filter of the keys of one object: most objects have no key twice, and for those it is enough to look here.
struct JSONKeyFilter {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// Adds a key.
    ///
    /// - Returns: `false` if the key may have been added before.
    @inline(__always)
    mutating func insert(_ key: UnsafeRawBufferPointer) -> Bool {
        var mark = UInt32(truncatingIfNeeded: key.count) &* 31
        if !key.isEmpty {
            mark = mark &+ UInt32(key[0])
            mark = mark &* 31 &+ UInt32(key[key.count - 1])
            mark = mark &* 31 &+ UInt32(key[key.count / 2])
        }
        let place = (mark &* 0x9E37_79B1) >> 25
        let bit: UInt64 = 1 << UInt64(place & 63)
        defer { if place < 64 { low |= bit } else { high |= bit } }
        return (place < 64 ? low : high) & bit == 0
    }
}
