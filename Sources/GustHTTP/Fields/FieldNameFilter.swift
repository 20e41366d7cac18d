/// Tells which header fields a message can't have, by one word for the names of all its fields.
///
/// Most fields that are asked for aren't there, and would be searched in all lines. Each name sets one of 64 bits, so a field whose bit isn't
/// set is missing; a field whose bit is set may be missing, too.
package struct FieldNameFilter: Sendable {
    private var bits: UInt64 = 0

    /// A filter of no names.
    package init() {}

    /// A filter that excludes no name.
    package static let all = {
        var filter = FieldNameFilter()
        filter.bits = .max
        return filter
    }()

    /// Adds a name, which isn't empty.
    package mutating func insert(_ name: UnsafeRawBufferPointer) { bits |= Self.bit(name) }

    /// Whether there may be a field with this name, whatever the case of its letters.
    func mayContain(_ name: StaticString) -> Bool {
        bits & Self.bit(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) != 0
    }

    /// The bit of a name, by its length and its ends.
    ///
    /// The lower five bits of a letter don't depend on its case. With these factors, hardly any two of the names that browsers send and servers
    /// ask for have one bit.
    private static func bit(_ name: UnsafeRawBufferPointer) -> UInt64 {
        guard let first = name.first else { return 0 }
        let last = name[name.count - 1]
        return 1 << UInt64((name.count &+ Int(first & 0x1F) &* 6 &+ Int(last & 0x1F) &* 20) & 63)
    }
}
