/// Finds the parameters of a query one after the other, without decoding them.
struct QueryScanner {
    /// A parameter as it was sent.
    struct Parameter {
        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
        /// Whether decoding may change the name, because it has a `%` or a `+`.
        let isNameEncoded: Bool
        /// Whether decoding may change the value.
        let isValueEncoded: Bool
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
        let bytes = bytes
        var start = position
        while start < bytes.count, bytes[start] == UInt8(ascii: "&") { start += 1 }
        guard start < bytes.count, count < Query.maximumParameters else { return nil }
        count += 1
        // One pass, because most parameters are so short that a search for each byte would cost more.
        var isEncoded = false
        let equals = Self.end(of: bytes, from: start, isName: true, &isEncoded)
        let isNameEncoded = isEncoded
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<equals])
        guard equals < bytes.count, bytes[equals] == UInt8(ascii: "=") else {
            position = equals
            let none = UnsafeRawBufferPointer(start: nil, count: 0)
            return Parameter(name: name, value: none, isNameEncoded: isNameEncoded, isValueEncoded: false)
        }
        isEncoded = false
        position = Self.end(of: bytes, from: equals + 1, isName: false, &isEncoded)
        let value = UnsafeRawBufferPointer(rebasing: bytes[(equals + 1)..<position])
        return Parameter(name: name, value: value, isNameEncoded: isNameEncoded, isValueEncoded: isEncoded)
    }

    /// The index of the `&` behind a name or value, or for a name also of the `=`; notes whether there is a `%` or a `+` in front of it.
    private static func end(
        of bytes: UnsafeRawBufferPointer,
        from start: Int,
        isName: Bool,
        _ isEncoded: inout Bool
    ) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            // Letters, which are greater than all of these, are most of the bytes.
            if byte <= UInt8(ascii: "=") {
                if byte == UInt8(ascii: "&") || isName && byte == UInt8(ascii: "=") { break }
                if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "+") { isEncoded = true }
            }
            index += 1
        }
        return index
    }
}

extension QueryScanner.Parameter {
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
