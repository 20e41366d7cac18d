import NIOCore

/// Finds members of a checked JSON object without decoding it.
enum JSONMembers {
    /// The value of the member `key`, the last one if there are several, as JavaScript has it.
    ///
    /// - Parameters:
    ///   - key: a key that needs no escapes; a member that writes it with escapes isn't found.
    ///   - object: checked JSON text; nothing is found unless it is an object.
    /// - Returns: the value's text, or nil if there is no such member.
    static func value(of key: StaticString, in object: ByteBuffer) -> ByteBuffer? {
        let range = object.withUnsafeReadableBytes { bytes -> Range<Int>? in
            var found: Range<Int>?
            do throws(WireError) {
                var scanner = JSONScanner(bytes)
                scanner.skipWhitespace()
                guard scanner.take(UInt8(ascii: "{")) else { return nil }
                scanner.skipWhitespace()
                while scanner.current == UInt8(ascii: "\"") {
                    let name = scanner.position + 1
                    try scanner.skipString()
                    let isFound = isEqual(bytes[name..<scanner.position - 1], key)
                    scanner.skipWhitespace()
                    _ = scanner.take(UInt8(ascii: ":"))
                    scanner.skipWhitespace()
                    let start = scanner.position
                    try scanner.skipValue()
                    if isFound { found = start..<scanner.position }
                    scanner.skipWhitespace()
                    guard scanner.take(UInt8(ascii: ",")) else { break }
                    scanner.skipWhitespace()
                }
                return found
            } catch {
                // The text is checked already, so there is nothing to report.
                return nil
            }
        }
        return range.flatMap { object.getSlice(at: object.readerIndex + $0.lowerBound, length: $0.count) }
    }

    private static func isEqual(_ bytes: Slice<UnsafeRawBufferPointer>, _ key: StaticString) -> Bool {
        bytes.elementsEqual(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    }
}
