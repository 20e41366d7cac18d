package import HTTPTypes
package import NIOCore

/// The header fields of a request as they were received: the lines of its head, which the server has checked.
///
/// Fields are made of the lines when all of them are asked for. Most handlers ask for none, and most middleware for the value of one,
/// which is found among the lines.
package struct ReceivedFields: Sendable {
    /// The lines, each of which ends with CR LF.
    private let lines: ByteBuffer

    /// The largest read buffer, in bytes, that is kept as long as its request.
    private static let largestKept = 4 * 1_024

    /// Makes the fields of valid lines.
    package init(_ lines: ByteBuffer) {
        // Most requests are answered at once. One that waits would keep all of a large read buffer, so its lines are copied.
        self.lines = lines.storageCapacity <= Self.largestKept ? lines : ByteBuffer(bytes: lines.readableBytesView)
    }

    /// The value of the first field whose name in lower case is `name`; nil if there is none.
    package func value(of name: StaticString) -> String? {
        var value: String?
        forEach { line in
            guard line.isNamed(name) else { return true }
            value = line.text
            return false
        }
        return value
    }

    /// The values of all fields whose name in lower case is `name`, joined by commas; nil if there is none.
    package func joinedValues(of name: StaticString) -> String? {
        var values: String?
        forEach { line in
            if line.isNamed(name) { values = values.map { "\($0), \(line.text)" } ?? line.text }
            return true
        }
        return values
    }

    /// All fields.
    package var fields: HTTPFields { lines.withUnsafeReadableBytes { HTTPFields(lines: $0) } }

    /// Calls `body` with the lines.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        lines.withUnsafeReadableBytes(body)
    }

    /// Calls `body` for each line, until it returns `false`.
    private func forEach(_ body: (FieldLine) -> Bool) {
        lines.withUnsafeReadableBytes { FieldLine.forEach(in: $0, body) }
    }
}
