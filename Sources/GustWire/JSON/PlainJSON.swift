import NIOCore

/// A scalar that is read and written as JSON without Foundation.
///
/// Each is exact: what doesn't fit without loss is left to Foundation, which says why.
protocol PlainJSON {
    /// The value of one JSON value without blanks around it; nil to be thorough.
    static func read(_ text: ByteBuffer) -> Self?
    /// Appends the JSON text; false if JSON has none for it.
    func write(into text: inout ByteBuffer) -> Bool
}

extension PlainJSON where Self: FixedWidthInteger {
    static func read(_ text: ByteBuffer) -> Self? {
        guard text.readableBytes > 0 else { return nil }
        return text.withUnsafeReadableBytes { bytes in
            let isNegative = bytes[0] == UInt8(ascii: "-")
            guard bytes.count > (isNegative ? 1 : 0) else { return nil }
            var value: Self = 0
            for byte in bytes[(isNegative ? 1 : 0)...] {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                let digit = Self(byte - UInt8(ascii: "0"))
                let (product, isTooBig) = value.multipliedReportingOverflow(by: 10)
                let (sum, overflows) =
                    isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
                guard !isTooBig, !overflows else { return nil }
                value = sum
            }
            return value
        }
    }

    func write(into text: inout ByteBuffer) -> Bool {
        text.writeString(String(self))
        return true
    }
}

extension Int: PlainJSON {}
extension Int8: PlainJSON {}
extension Int16: PlainJSON {}
extension Int32: PlainJSON {}
extension Int64: PlainJSON {}
extension UInt: PlainJSON {}
extension UInt8: PlainJSON {}
extension UInt16: PlainJSON {}
extension UInt32: PlainJSON {}
extension UInt64: PlainJSON {}

extension PlainJSON where Self: BinaryFloatingPoint & LosslessStringConvertible {
    static func read(_ text: ByteBuffer) -> Self? {
        guard let first = text.getInteger(at: text.readerIndex, as: UInt8.self),
            first == UInt8(ascii: "-") || (first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")),
            let value = Self(String(buffer: text)), value.isFinite
        else { return nil }
        return value
    }

    /// The shortest text that reads back as the same value; whole numbers without a fraction, as JavaScript does.
    func write(into text: inout ByteBuffer) -> Bool {
        guard isFinite else { return false }
        let description = String(self)
        // bytes: the text of a number, made here.
        text.writeSubstring(description.hasSuffix(".0") ? description.dropLast(2) : description[...])
        return true
    }
}

extension Double: PlainJSON {}
extension Float: PlainJSON {}

extension Bool: PlainJSON {
    static func read(_ text: ByteBuffer) -> Bool? {
        if text.readableBytesView.elementsEqual("true".utf8) { return true }
        return text.readableBytesView.elementsEqual("false".utf8) ? false : nil
    }

    func write(into text: inout ByteBuffer) -> Bool {
        text.writeStaticString(self ? "true" : "false")
        return true
    }
}

extension String: PlainJSON {
    static func read(_ text: ByteBuffer) -> String? {
        text.withUnsafeReadableBytes { JSONStringReader.read($0) }
    }

    func write(into text: inout ByteBuffer) -> Bool {
        JSONText.write(self, into: &text)
        return true
    }
}

extension JSONSlice: PlainJSON {
    static func read(_ text: ByteBuffer) -> JSONSlice? { JSONSlice(trusted: text) }

    func write(into text: inout ByteBuffer) -> Bool {
        text.writeImmutableBuffer(bytes)
        return true
    }
}

extension Optional: PlainJSON where Wrapped: PlainJSON {
    static func read(_ text: ByteBuffer) -> Wrapped?? {
        if text.readableBytesView.elementsEqual("null".utf8) { return .some(.none) }
        return Wrapped.read(text).map(Optional.some)
    }

    func write(into text: inout ByteBuffer) -> Bool {
        if let self { return self.write(into: &text) }
        text.writeStaticString("null")
        return true
    }
}
