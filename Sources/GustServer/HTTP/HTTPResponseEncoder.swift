import GustHTTP
import HTTPTypes
import NIOCore

/// Writes the heads of responses, with the fields that frame the body (RFC 9112 §6).
struct HTTPResponseEncoder {
    /// How the end of a body is found.
    enum Framing: Equatable {
        /// There is no body, and the head has no field that frames one.
        case none
        case length(Int)
        case chunked
        /// The body ends with the connection.
        case untilClose
    }

    /// Appends a head.
    static func write(
        status: HTTPResponse.Status,
        fields: HTTPFields,
        framing: Framing,
        keepsAlive: Bool,
        isVersion11: Bool,
        date: String,
        into buffer: inout ByteBuffer
    ) {
        buffer.writeLine(room: 64 + status.reasonPhrase.utf8.count + date.utf8.count) { line in
            writeStatusLine(status, to: &line)
            line.write("Date: ")
            line.write(text: date)
            line.write("\r\n")
        }
        var offersUpgrade = false
        // An iterator over fields isn't specialised outside of HTTPTypes.
        for index in 0..<fields.endIndex {
            let field = fields[index]
            if isOurs(field.name) { continue }
            write(field, into: &buffer)
            // A sender of `Upgrade` must list it in `Connection` too (RFC 9110 §7.8).
            if field.name.canonicalName.utf8.count == 7, field.name == .upgrade { offersUpgrade = true }
        }
        buffer.writeLine(room: 96) { line in
            switch framing {
            case .none, .untilClose: break
            case .length(let length):
                line.write("Content-Length: ")
                line.write(text: String(length))
                line.write("\r\n")
            case .chunked: line.write("Transfer-Encoding: chunked\r\n")
            }
            if offersUpgrade {
                line.write(keepsAlive ? "Connection: Upgrade\r\n" : "Connection: Upgrade, close\r\n")
            } else if !keepsAlive {
                line.write("Connection: close\r\n")
            } else if !isVersion11 {
                line.write("Connection: keep-alive\r\n")
            }
            line.write("\r\n")
        }
    }

    /// Appends the head of a 101: the fields of the handshake first, in the order that old clients require.
    static func write(
        _ acceptance: WebSocketHandshake.Acceptance,
        _ fields: HTTPFields,
        into buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString("HTTP/1.1 101 ")
        buffer.writeStaticString(acceptance.reason)
        buffer.writeStaticString("\r\n")
        for (name, value) in acceptance.fields {
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        for field in fields { write(field, into: &buffer) }
        buffer.writeStaticString("\r\n")
    }

    /// Appends the head of another server's response, which has no empty line at its end, with further fields.
    static func write(_ head: ByteBuffer, _ fields: HTTPFields, into buffer: inout ByteBuffer) {
        buffer.writeImmutableBuffer(head)
        for field in fields where !isOurs(field.name) { write(field, into: &buffer) }
        buffer.writeStaticString("\r\n")
    }

    /// Appends an interim response (RFC 9110 §15.2).
    static func writeInterim(_ status: HTTPResponse.Status, _ fields: HTTPFields, into buffer: inout ByteBuffer) {
        buffer.writeLine(room: 32 + status.reasonPhrase.utf8.count) { writeStatusLine(status, to: &$0) }
        for field in fields where !isOurs(field.name) { write(field, into: &buffer) }
        buffer.writeStaticString("\r\n")
    }

    /// Appends the last chunk and the trailer fields (RFC 9112 §7.1.2).
    static func writeLastChunk(_ trailers: HTTPFields?, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("0\r\n")
        for field in TrailerFields.sendable(trailers) ?? [:] { write(field, into: &buffer) }
        buffer.writeStaticString("\r\n")
    }

    private static func writeStatusLine(_ status: HTTPResponse.Status, to line: inout HTTPHeadLine) {
        if status.code == 200 { return line.write("HTTP/1.1 200 OK\r\n") }
        line.write("HTTP/1.1 ")
        line.write(text: String(status.code))
        line.write(" ")
        // Only visible ASCII of the reason phrase is written: a CR or LF in it would begin another field.
        if status.reasonPhrase.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { line.write(text: status.reasonPhrase) }
        line.write("\r\n")
    }

    /// HTTPFields holds no CR, LF or NUL: its values are validated when they are set (RFC 9110 §5.5).
    private static func write(_ field: HTTPField, into buffer: inout ByteBuffer) {
        let name = field.name.rawName
        let value = field.value
        buffer.writeLine(room: name.utf8.count + value.utf8.count + 4) { $0.write(name: name, value: value) }
    }

    /// Whether the server writes this field itself; a value that a handler gave is ignored.
    private static func isOurs(_ name: HTTPField.Name) -> Bool {
        // Called for every field: the length rules out most names.
        switch name.canonicalName.utf8.count {
        case 4: name == .date
        case 10: name == .connection
        case 14: name == .contentLength
        case 17: name == .transferEncoding
        default: false
        }
    }
}
