import NIOCore

/// The text that is being written: memory that grows at the end, into which each scalar is written directly.
final class JSONOutput {
    // `@exclusivity(unchecked)`: nothing else runs while one of these is read or set, which happens for each byte.
    @exclusivity(unchecked)
    private(set) var start: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked)
    private(set) var count = 0
    @exclusivity(unchecked)
    private var capacity: Int

    init(capacity: Int = 256) {
        self.capacity = capacity
        start = .allocate(capacity: capacity)
    }

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// Removes what was written behind the first `count` bytes.
    func truncate(to count: Int) { self.count = count }

    /// Makes room for `additional` bytes.
    @inline(__always)
    private func reserve(_ additional: Int) {
        if capacity - count < additional { grow(additional) }
    }

    @inline(never)
    private func grow(_ additional: Int) {
        capacity = max(capacity * 2, count + additional)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.moveInitialize(from: start, count: count)
        start.deallocate()
        start = larger
    }

    @inline(__always)
    func write(_ byte: UInt8) {
        reserve(1)
        start[count] = byte
        count += 1
    }

    func write(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(start + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    func write(_ literal: StaticString) {
        write(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    func write(_ buffer: ByteBuffer) { buffer.withUnsafeReadableBytes { write($0) } }

    /// Writes text that needs no quotes or escapes.
    func write(plain text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    // MARK: Strings

    /// Writes a string literal.
    @inline(__always)
    func write(string text: String) {
        var text = text
        text.withUTF8 { write(string: UnsafeRawBufferPointer($0)) }
    }

    private func write(string text: UnsafeRawBufferPointer) {
        reserve(text.count + 2)
        start[count] = UInt8(ascii: "\"")
        count += 1
        var position = 0
        while true {
            let end = PlainBytes.endOfPlainText(in: text, from: position)
            if end > position { write(UnsafeRawBufferPointer(rebasing: text[position..<end])) }
            guard end < text.count else { break }
            reserve(JSONText.longestEscape)
            let room = UnsafeMutableRawBufferPointer(start: start + count, count: JSONText.longestEscape)
            count += JSONText.escape(text[end], into: room)
            position = end + 1
        }
        write(UInt8(ascii: "\""))
    }

    // MARK: Numbers

    /// Writes an integer of up to 64 bits.
    @inline(__always)
    func write<Integer: FixedWidthInteger>(integer: Integer) {
        if Integer.isSigned, integer < 0 { write(UInt8(ascii: "-")) }
        write(digitsOf: UInt64(truncatingIfNeeded: integer.magnitude))
    }

    /// The length of the largest number of 64 bits.
    private static let longestInteger = 20

    private func write(digitsOf number: UInt64) {
        reserve(Self.longestInteger)
        var rest = number
        var length = 1
        while rest >= 10 {
            rest /= 10
            length += 1
        }
        rest = number
        var place = count + length
        count = place
        repeat {
            place -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            start[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        } while rest > 0
    }

    /// Writes the shortest text that reads back as the same value; whole numbers without a fraction, as JavaScript does.
    func write(double: Double) {
        // Below 2^53 each whole number is written with all of its digits.
        if double.magnitude < 0x1p53, double.rounded(.towardZero) == double, double.sign == .plus || double < 0 {
            return write(integer: Int64(double))
        }
        write(number: double.description)
    }

    /// Writes the shortest text that reads back as the same value.
    func write(float: Float) { write(number: float.description) }

    private func write(number: String) {
        var number = number
        number.withUTF8 { text in
            let isWhole =
                text.count > 2 && text[text.count - 1] == UInt8(ascii: "0")
                && text[text.count - 2] == UInt8(ascii: ".")
            write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<(text.count - (isWhole ? 2 : 0))]))
        }
    }
}
