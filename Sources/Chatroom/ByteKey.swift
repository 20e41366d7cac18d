/// Text that is compared by its bytes, as a key of dictionaries.
struct ByteKey: Hashable, Sendable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }
}
