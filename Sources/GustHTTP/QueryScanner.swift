/// Finds the parameters of a query, as they were sent, one after the other.
struct QueryScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var count = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The next parameter; nil at the end, and behind as many as are read.
    ///
    /// Nothing between two `&` is no parameter.
    mutating func next() -> (name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)? {
        while position < bytes.count, bytes[position] == UInt8(ascii: "&") { position += 1 }
        guard position < bytes.count, count < Query.maximumParameters else { return nil }
        count += 1
        let start = position
        var equals: Int?
        while position < bytes.count, bytes[position] != UInt8(ascii: "&") {
            if equals == nil, bytes[position] == UInt8(ascii: "=") { equals = position }
            position += 1
        }
        let name = UnsafeBufferPointer(rebasing: bytes[start..<(equals ?? position)])
        return (name, UnsafeBufferPointer(rebasing: bytes[(equals.map { $0 + 1 } ?? position)..<position]))
    }
}
