import GustHTTP
import HTTPTypes
import NIOCore

/// Writes answers' heads, with the framing that fits (RFC 9112 §6).
struct HTTPResponseEncoder {
    /// How the end of a body is marked.
    enum Framing: Equatable {
        /// There is no body, and no field that speaks of one.
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
        writeStatusLine(status, into: &buffer)
        buffer.writeStaticString("Date: ")
        buffer.writeString(date)
        buffer.writeStaticString("\r\n")
        for field in fields where !isOurs(field.name) { write(field, into: &buffer) }
        switch framing {
        case .none, .untilClose: break
        case .length(let length):
            buffer.writeStaticString("Content-Length: ")
            buffer.writeString(String(length))
            buffer.writeStaticString("\r\n")
        case .chunked: buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        }
        if !keepsAlive {
            buffer.writeStaticString("Connection: close\r\n")
        } else if !isVersion11 {
            buffer.writeStaticString("Connection: keep-alive\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    /// Appends the head of a 101: the handshake's own fields first, as old clients want them.
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

    private static func writeStatusLine(_ status: HTTPResponse.Status, into buffer: inout ByteBuffer) {
        if status.code == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
            return
        }
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status.code))
        buffer.writeStaticString(" ")
        // The phrase is decoration; anything but visible ASCII in it would be an injection.
        if status.reasonPhrase.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { buffer.writeString(status.reasonPhrase) }
        buffer.writeStaticString("\r\n")
    }

    /// HTTPFields holds no CR, LF or NUL: its values are validated when they are set (RFC 9110 §5.5).
    private static func write(_ field: HTTPField, into buffer: inout ByteBuffer) {
        buffer.writeString(field.name.rawName)
        buffer.writeStaticString(": ")
        buffer.writeString(field.value)
        buffer.writeStaticString("\r\n")
    }

    /// Fields that the server writes itself, so that they are always true.
    private static func isOurs(_ name: HTTPField.Name) -> Bool {
        name == .contentLength || name == .transferEncoding || name == .connection || name == .date
    }
}
