import GustJSON
import NIOCore

/// The data of a 0.9 event: `{"name":"echo","args":[1]}`.
struct SocketIO09Event {
    var name: String
    var arguments: Arguments

    /// Reads the two members in one pass over the text; others are checked and skipped.
    ///
    /// - Throws: `invalidPayload` unless it is an object with a string `name` and, perhaps, an array `args`.
    init(_ data: ByteBuffer) throws(WireError) {
        let ranges = try data.withUnsafeReadableBytes { bytes -> Result<Ranges, WireError> in
            do throws(WireError) {
                return .success(try Ranges(bytes))
            } catch {
                return .failure(error)
            }
        }.get()
        let literal = data.slice(ranges.name) ?? ByteBuffer()
        guard let name = literal.withUnsafeReadableBytes({ JSONStringReader.read($0) }) else {
            throw WireError(.invalidPayload, at: ranges.name.lowerBound)
        }
        self.name = name
        arguments = Arguments(trusted: ranges.elements.flatMap { data.slice($0) } ?? ByteBuffer())
    }

    /// The ranges of the members.
    private struct Ranges {
        /// The name's literal.
        var name = 0..<0
        /// The text between the brackets of `args`, without blanks around it.
        var elements: Range<Int>?

        init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
            var scanner = JSONScanner(bytes)
            scanner.skipWhitespace()
            guard scanner.take(UInt8(ascii: "{")) else { throw WireError(.invalidPayload, at: scanner.position) }
            repeat {
                scanner.skipWhitespace()
                let key = scanner.position
                try scanner.skipString()
                let name = bytes[key..<scanner.position]
                scanner.skipWhitespace()
                guard scanner.take(UInt8(ascii: ":")) else { throw WireError(.invalidJSON, at: scanner.position) }
                scanner.skipWhitespace()
                let value = scanner.position
                try scanner.skipValue()
                if name.elementsEqual(#""name""#.utf8) {
                    self.name = value..<scanner.position
                } else if name.elementsEqual(#""args""#.utf8) {
                    guard bytes[value] == UInt8(ascii: "[") else { throw WireError(.invalidPayload, at: value) }
                    elements = JSONScanner.trim(value + 1..<scanner.position - 1, in: bytes)
                }
                scanner.skipWhitespace()
            } while scanner.take(UInt8(ascii: ","))
            guard scanner.take(UInt8(ascii: "}")) else { throw WireError(.invalidJSON, at: scanner.position) }
            scanner.skipWhitespace()
            guard scanner.isAtEnd else { throw WireError(.invalidJSON, at: scanner.position) }
        }
    }
}
