package import HTTPTypes

/// Header fields that are kept for long and hardly ever read: their lines, in one piece of memory.
///
/// `HTTPFields` has an array of objects, and further objects for long names and values. The fields of a browser's WebSocket handshake take a
/// third of that as lines.
package struct FieldLines: Sendable {
    /// Lines as in a head, each of which ends with CR LF; `HTTPField` lets neither of the two into names and values.
    package let bytes: [UInt8]

    /// Makes lines of the bytes of other lines.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Makes the lines of all fields.
    package init(_ fields: HTTPFields) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 })
        for field in fields {
            bytes.append(contentsOf: field.name.rawName.utf8)
            bytes.append(contentsOf: ": ".utf8)
            bytes.append(contentsOf: field.value.utf8)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        self.bytes = bytes
    }

    /// Copies the lines that were received.
    init(_ received: ReceivedFields) { bytes = received.withUnsafeBytes { Array($0) } }

    /// The length of all lines.
    package var byteCount: Int { bytes.count }

    /// Where the value of the first field stands whose name in lower case is `name`; nil if there is none.
    package func range(ofValueOf name: StaticString) -> Range<Int>? {
        bytes.withUnsafeBytes { bytes in
            var range: Range<Int>?
            FieldLine.forEach(in: bytes) { line in
                guard line.isNamed(name), let start = bytes.baseAddress, let value = line.value.baseAddress else {
                    return true
                }
                range = (value - start)..<(value - start + line.value.count)
                return false
            }
            return range
        }
    }

    /// The fields, made at each access.
    package var fields: HTTPFields { bytes.withUnsafeBytes { HTTPFields(lines: $0) } }
}
