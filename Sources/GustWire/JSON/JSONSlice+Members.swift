import NIOCore

extension JSONSlice {
    /// The members of an object in their order, each value byte for byte; nil if this isn't an object.
    package var members: [(name: String, value: JSONSlice)]? {
        var places: [(name: Range<Int>, value: Range<Int>)] = []
        let isObject = bytes.withUnsafeReadableBytes { bytes -> Bool in
            do throws(WireError) {
                var scanner = JSONScanner(bytes)
                scanner.skipWhitespace()
                guard scanner.take(UInt8(ascii: "{")) else { return false }
                scanner.skipWhitespace()
                while scanner.current == UInt8(ascii: "\"") {
                    let nameStart = scanner.position
                    try scanner.skipString()
                    let name = nameStart..<scanner.position
                    scanner.skipWhitespace()
                    _ = scanner.take(UInt8(ascii: ":"))
                    scanner.skipWhitespace()
                    let valueStart = scanner.position
                    try scanner.skipValue()
                    places.append((name, valueStart..<scanner.position))
                    scanner.skipWhitespace()
                    guard scanner.take(UInt8(ascii: ",")) else { break }
                    scanner.skipWhitespace()
                }
                return true
            } catch {
                // The text is checked already, so there is nothing to report.
                return false
            }
        }
        guard isObject else { return nil }
        return places.compactMap { name, value in
            guard let name = slice(name), let value = slice(value), let text = try? name.decode(String.self) else {
                return nil
            }
            return (text, value)
        }
    }
}
