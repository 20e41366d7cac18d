import GustJSON
package import NIOCore

/// The members of a checked JSON object, found in one pass; a value is decoded only when somebody asks for it.
package struct JSONObject {
    private let text: JSONSlice
    private var places: [(name: Range<Int>, value: Range<Int>)] = []

    /// Finds the members; nil if the value isn't an object.
    package init?(_ text: JSONSlice) {
        self.text = text
        var found: [(name: Range<Int>, value: Range<Int>)] = []
        let isObject = text.bytes.withUnsafeReadableBytes { bytes -> Bool in
            do throws(WireError) {
                var scanner = JSONScanner(bytes)
                scanner.skipWhitespace()
                guard scanner.take(UInt8(ascii: "{")) else { return false }
                scanner.skipWhitespace()
                while scanner.current == UInt8(ascii: "\"") {
                    let name = scanner.position + 1
                    try scanner.skipString()
                    let end = scanner.position - 1
                    scanner.skipWhitespace()
                    _ = scanner.take(UInt8(ascii: ":"))
                    scanner.skipWhitespace()
                    let value = scanner.position
                    try scanner.skipValue()
                    found.append((name..<end, value..<scanner.position))
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
        places = found
    }

    /// The value of the member `key`, the last one if there are several, as JavaScript has it; nil if there is none.
    ///
    /// - Parameter key: a key that needs no escapes; a member that writes it with escapes isn't found.
    package subscript(key: StaticString) -> JSONSlice? {
        let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        let place = text.bytes.withUnsafeReadableBytes { bytes in
            places.last { bytes[$0.name].elementsEqual(name) }
        }
        return place.flatMap { text.slice($0.value) }
    }
}

extension JSONSlice {
    /// The part of the text at a range of bytes, with the attachments that it may refer to.
    func slice(_ range: Range<Int>) -> JSONSlice? {
        bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count)
            .map { JSONSlice(trusted: $0, attached: attached) }
    }

    /// The elements of an array, as arguments; nil if this isn't an array.
    package var elements: Arguments? {
        let range = bytes.withUnsafeReadableBytes { bytes -> Range<Int>? in
            let range = JSONScanner.trim(0..<bytes.count, in: bytes)
            guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "[") else { return nil }
            return range.lowerBound + 1..<range.upperBound - 1
        }
        return range.flatMap(slice).map { Arguments(trusted: $0.bytes, attachments: attached?.buffers ?? []) }
    }

    /// The text of a string literal; nil if this isn't one.
    package var string: String? {
        bytes.withUnsafeReadableBytes { bytes in
            let range = JSONScanner.trim(0..<bytes.count, in: bytes)
            return JSONStringReader.read(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    /// The number, if this is an integer that an `Int` holds; otherwise nil.
    package var integer: Int? {
        bytes.withUnsafeReadableBytes { bytes in
            let range = JSONScanner.trim(0..<bytes.count, in: bytes)
            // The longest integer has 20 bytes.
            return range.count > 20 ? nil : Int(String(decoding: bytes[range], as: UTF8.self))
        }
    }

    /// Whether this is `true`.
    package var isTrue: Bool { isLiteral("true") }

    /// Whether this is `false`.
    package var isFalse: Bool { isLiteral("false") }

    /// Whether this is `null`.
    package var isNull: Bool { isLiteral("null") }

    private func isLiteral(_ literal: StaticString) -> Bool {
        bytes.withUnsafeReadableBytes { bytes in
            bytes[JSONScanner.trim(0..<bytes.count, in: bytes)]
                .elementsEqual(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
        }
    }
}

extension JSONSlice {
    /// Wraps text that was made by the caller, with the attachments for its placeholders.
    package init(trusted text: ByteBuffer, attachments: [ByteBuffer]) {
        self.init(trusted: text, attached: attachments.isEmpty ? nil : AttachmentList(attachments))
    }

    /// The attachments for the placeholders in the text.
    package var attachments: [ByteBuffer] { attached?.buffers ?? [] }
}

extension Arguments {
    /// The first argument, and the others with all attachments; nil if there are none.
    package var split: (first: JSONSlice, rest: Arguments)? {
        var first: Range<Int>?
        var start = text.readableBytes
        forEachRange { range in
            guard first != nil else {
                first = range
                return true
            }
            start = range.lowerBound
            return false
        }
        let whole = JSONSlice(trusted: text, attached: attached)
        guard let first = first.flatMap(whole.slice), let rest = whole.slice(start..<text.readableBytes) else {
            return nil
        }
        return (first, Arguments(trusted: rest.bytes, attachments: attachments))
    }

    /// All arguments, found in one pass.
    package var all: [JSONSlice] {
        var found: [JSONSlice] = []
        forEachRange { range in
            if let value = JSONSlice(trusted: text, attached: attached).slice(range) { found.append(value) }
            return true
        }
        return found
    }
}
