/// Finds the parameters of a query one after the other, without decoding them.
struct QueryScanner {
    /// A parameter as it was sent.
    struct Parameter {
        let name: UnsafeRawBufferPointer
        /// Whether decoding changes the name.
        let isNameEncoded: Bool
        /// The value; empty for a name without `=`.
        let value: UnsafeRawBufferPointer
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var count = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = UnsafeRawBufferPointer(bytes)
    }

    /// The next parameter; nil at the end, and after ``Query/maximumParameters``.
    ///
    /// Empty pieces between two `&` are skipped.
    mutating func next() -> Parameter? {
        while position < bytes.count, bytes[position] == UInt8(ascii: "&") { position += 1 }
        guard position < bytes.count, count < Query.maximumParameters else { return nil }
        count += 1
        let start = position
        var isNameEncoded = false
        // Names are short, so they are read byte by byte.
        name: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "="), UInt8(ascii: "&"): break name
            case UInt8(ascii: "%"), UInt8(ascii: "+"): isNameEncoded = true
            default: break
            }
            position += 1
        }
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
            return Parameter(
                name: name,
                isNameEncoded: isNameEncoded,
                value: UnsafeRawBufferPointer(start: nil, count: 0)
            )
        }
        let valueStart = position + 1
        position = bytes.offset(of: UInt8(ascii: "&"), from: valueStart) ?? bytes.count
        let value = UnsafeRawBufferPointer(rebasing: bytes[valueStart..<position])
        return Parameter(name: name, isNameEncoded: isNameEncoded, value: value)
    }
}
