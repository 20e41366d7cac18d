/// Finds the parameters of a query one after the other, without decoding them.
struct QueryScanner {
    /// A parameter as it was sent.
    struct Parameter {
        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
        /// Whether decoding may change the name or the value; `false` if the whole query has neither `%` nor `+`.
        fileprivate let mayBeEncoded: Bool
    }

    private let bytes: UnsafeRawBufferPointer
    private let mayBeEncoded: Bool
    private var position = 0
    private var count = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        mayBeEncoded = PercentEncoding.isEncoded(bytes)
    }

    /// The next parameter; nil at the end, and after ``Query/maximumParameters``.
    ///
    /// Empty pieces between two `&` are skipped.
    mutating func next() -> Parameter? {
        let bytes = bytes
        // Read once: the compiler would compute it for each byte.
        let length = bytes.count
        var start = position
        while start < length, bytes[start] == UInt8(ascii: "&") { start += 1 }
        guard start < length, count < Query.maximumParameters else { return nil }
        count += 1
        // Names are so short that a search by `memchr` would cost more.
        var end = start
        while end < length, bytes[end] != UInt8(ascii: "="), bytes[end] != UInt8(ascii: "&") { end += 1 }
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        var value = UnsafeRawBufferPointer(start: nil, count: 0)
        if end < length, bytes[end] == UInt8(ascii: "=") {
            let valueStart = end + 1
            end = bytes.offset(of: UInt8(ascii: "&"), from: valueStart) ?? length
            value = UnsafeRawBufferPointer(rebasing: bytes[valueStart..<end])
        }
        position = end
        return Parameter(name: name, value: value, mayBeEncoded: mayBeEncoded)
    }
}

extension QueryScanner.Parameter {
    private var isNameEncoded: Bool { mayBeEncoded && PercentEncoding.isEncoded(name) }
    private var isValueEncoded: Bool { mayBeEncoded && PercentEncoding.isEncoded(value) }

    /// The name, decoded.
    var nameText: String { PercentEncoding.decodeFormComponent(name, isEncoded: isNameEncoded) }

    /// The value, decoded.
    var valueText: String { PercentEncoding.decodeFormComponent(value, isEncoded: isValueEncoded) }

    /// Calls `body` with the decoded bytes of the name.
    func withNameBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        if isNameEncoded { PercentEncoding.formBytes(name).withUnsafeBytes(body) } else { body(name) }
    }

    /// Whether the decoded name is `text`.
    func isNamed(_ text: UnsafeRawBufferPointer) -> Bool {
        guard isNameEncoded else { return name.hasSameBytes(as: text) }
        return PercentEncoding.isFormComponent(name, spelling: text)
    }
}
