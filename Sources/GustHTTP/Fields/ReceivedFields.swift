package import HTTPTypes
package import NIOCore

/// The header fields of a request as they were received: the lines of its head, which the server has checked.
///
/// Fields are made of the lines when all of them are asked for. Most handlers ask for none, and most middleware for the value of one,
/// which is found among the lines.
package struct ReceivedFields: Sendable {
    /// The lines, each of which ends with CR LF.
    private let lines: ByteBuffer
    private let names: FieldNameFilter

    /// The largest read buffer, in bytes, that is kept as long as its request.
    private static let largestKept = 4 * 1_024

    /// No fields.
    package static let none = ReceivedFields(ByteBuffer(), ofBufferWithCapacity: 0, FieldNameFilter())

    /// Makes the fields of valid lines.
    ///
    /// - Parameters:
    ///   - lines: the lines.
    ///   - capacity: the capacity of the buffer of which the lines are a part.
    ///   - names: the names of all fields.
    package init(_ lines: ByteBuffer, ofBufferWithCapacity capacity: Int, _ names: FieldNameFilter = .all) {
        self.names = names
        // Most requests are answered at once. One that waits would keep all of a large read buffer, so its lines are copied.
        self.lines = capacity <= Self.largestKept ? lines : ByteBuffer(bytes: lines.readableBytesView)
    }

    /// The value of the first field whose name in lower case is `name`; nil if there is none.
    package func value(of name: StaticString) -> String? {
        var value: String?
        forEach(named: name) { line in
            value = line.text
            return false
        }
        return value
    }

    /// The value of the field whose name in lower case is `name`; nil if there is none, and empty if there are several.
    package func onlyValue(of name: StaticString) -> String? {
        var value: String?
        forEach(named: name) { line in
            value = value == nil ? line.text : ""
            return true
        }
        return value
    }

    /// The values of all fields whose name in lower case is `name`, joined by commas; nil if there is none.
    package func joinedValues(of name: StaticString) -> String? {
        var values: String?
        forEach(named: name) { line in
            values = values.map { "\($0), \(line.text)" } ?? line.text
            return true
        }
        return values
    }

    /// Whether there is a field whose name in lower case is `name`, with a value for which `condition` is `true`.
    func hasField(_ name: StaticString, where condition: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        var isFound = false
        forEach(named: name) { line in
            isFound = condition(line.value)
            return !isFound
        }
        return isFound
    }

    /// Whether there may be a field whose name in lower case is `name`.
    func mayHave(_ name: StaticString) -> Bool { names.mayContain(name) }

    /// All fields.
    package var fields: HTTPFields { lines.withUnsafeReadableBytes { HTTPFields(lines: $0) } }

    /// Calls `body` with the lines.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        lines.withUnsafeReadableBytes(body)
    }

    /// Calls `body` for each line of the fields called `name`, until it returns `false`.
    private func forEach(named name: StaticString, _ body: (FieldLine) -> Bool) {
        guard names.mayContain(name) else { return }
        let length = name.utf8CodeUnitCount
        lines.withUnsafeReadableBytes { bytes in
            var start = 0
            while let end = bytes.offset(of: 0x0D, from: start) {
                // The place of the colon tells most names apart; a name has none.
                if end - start > length, bytes[start + length] == UInt8(ascii: ":") {
                    let line = FieldLine(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), colon: length)
                    if line.isNamed(name), !body(line) { return }
                }
                start = end + 2
            }
        }
    }
}
