/// The length of a name in bytes and its first eight bytes: most names are told apart by one comparison of each.
struct NameStart: Equatable {
    private let count: Int
    private let start: UInt64

    /// Whether there are no further bytes.
    var isWhole: Bool { count <= MemoryLayout<UInt64>.size }

    /// The beginning of a name.
    init(_ name: UnsafeRawBufferPointer) {
        count = name.count
        if count >= MemoryLayout<UInt64>.size {
            start = name.loadUnaligned(as: UInt64.self)
        } else if count >= MemoryLayout<UInt32>.size {
            // Two halves that overlap are all bytes, too.
            let first = UInt64(name.loadUnaligned(as: UInt32.self))
            let last = name.loadUnaligned(fromByteOffset: count - MemoryLayout<UInt32>.size, as: UInt32.self)
            start = UInt64(last) << 32 | first
        } else {
            start = name.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
