/// Text as a key that is compared and hashed by its UTF-8 bytes.
///
/// `String` compares by canonical equivalence, so that `é` and `e` with a combining accent would be one room, one namespace
/// and one event. On the wire they are different names.
struct ByteKey: Hashable, Sendable {
    /// The text.
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ByteKey, right: ByteKey) -> Bool { left.text.hasSameBytes(as: right.text) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // No text has this byte: keys that follow each other in a composite stay apart.
        hasher.combine(0xFF as UInt8)
    }
}

extension String {
    /// Whether both texts are the same UTF-8 bytes.
    func hasSameBytes(as other: String) -> Bool {
        let (left, right) = (utf8, other.utf8)
        guard left.count == right.count else { return false }
        let isSame = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
        }
        return (isSame ?? nil) ?? left.elementsEqual(right)
    }
}
