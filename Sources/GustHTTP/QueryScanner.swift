/// Finds the parameters of a query one after the other, without decoding them.
struct QueryScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var count = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = UnsafeRawBufferPointer(bytes)
    }

    /// The next parameter; nil at the end, and after ``Query/maximumParameters``.
    ///
    /// Empty pieces between two `&` are skipped.
    mutating func next() -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        while position < bytes.count, bytes[position] == UInt8(ascii: "&") { position += 1 }
        guard position < bytes.count, count < Query.maximumParameters else { return nil }
        count += 1
        let end = bytes.offset(of: UInt8(ascii: "&"), from: position) ?? bytes.count
        let parameter = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
        position = end
        guard let equals = parameter.offset(of: UInt8(ascii: "=")) else {
            return (parameter, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return (
            UnsafeRawBufferPointer(rebasing: parameter[..<equals]),
            UnsafeRawBufferPointer(rebasing: parameter[(equals + 1)...])
        )
    }
}
