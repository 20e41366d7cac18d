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

    /// A body that is sent with its head in one piece.
    enum ShortBody {
        case none
        case text(String)
        case bytes(ByteBuffer)

        var length: Int {
            switch self {
            case .none: 0
            case .text(let text): text.utf8.count
            case .bytes(let bytes): bytes.readableBytes
            }
        }
    }

    /// What the head of a response depends on, besides its status and fields.
    struct Form {
        var framing: Framing
        var keepsAlive: Bool
        var isVersion11: Bool
    }

    /// Appends a head, and a body.
    static func write(
        _ status: HTTPResponse.Status,
        _ fields: ResponseFields,
        _ form: Form,
        start: HTTPHeadStart,
        body: ShortBody,
        into buffer: inout ByteBuffer
    ) {
        let startLength = 32 + status.reasonPhrase.utf8.count + start.lines.count
        let endLength = 96 + body.length
        switch fields {
        case .prepared(let prepared):
            buffer.writePart(room: startLength + prepared.lines.count + endLength) { part in
                writeStart(status, start, to: &part)
                part.write(bytes: prepared.lines[...])
                writeEnd(form, offersUpgrade: false, body, to: &part)
            }
        case .made(let fields):
            buffer.writePart(room: startLength) { writeStart(status, start, to: &$0) }
            let offersUpgrade = write(fields, into: &buffer)
            buffer.writePart(room: endLength) { writeEnd(form, offersUpgrade: offersUpgrade, body, to: &$0) }
        }
    }

    private static func writeStart(
        _ status: HTTPResponse.Status,
        _ start: HTTPHeadStart,
        to part: inout HTTPMessagePart
    ) {
        guard status.code != 200 else { return part.write(bytes: start.lines[...]) }
        writeStatusLine(status, to: &part)
        part.write(bytes: start.date)
    }

    /// Appends the fields that a handler has set; returns whether `Upgrade` is among them.
    private static func write(_ fields: HTTPFields, into buffer: inout ByteBuffer) -> Bool {
        var offersUpgrade = false
        // An iterator over fields isn't specialised outside of HTTPTypes.
        for index in 0..<fields.endIndex {
            let field = fields[index]
            if isOurs(field.name) { continue }
            write(field, into: &buffer)
            if field.name.canonicalName.utf8.count == 7, field.name == .upgrade { offersUpgrade = true }
        }
        return offersUpgrade
    }

    /// Writes the fields that frame the body, the empty line, and the body.
    private static func writeEnd(
        _ form: Form,
        offersUpgrade: Bool,
        _ body: ShortBody,
        to part: inout HTTPMessagePart
    ) {
        switch form.framing {
        case .none, .untilClose: break
        case .length(let length):
            part.write("Content-Length: ")
            part.write(number: length)
            // Nearly all heads end here.
            if !offersUpgrade, form.keepsAlive, form.isVersion11 {
                part.write("\r\n\r\n")
                return write(body, to: &part)
            }
            part.write("\r\n")
        case .chunked: part.write("Transfer-Encoding: chunked\r\n")
        }
        if offersUpgrade {
            // A sender of `Upgrade` must list it in `Connection` too (RFC 9110 §7.8).
            part.write(form.keepsAlive ? "Connection: Upgrade\r\n" : "Connection: Upgrade, close\r\n")
        } else if !form.keepsAlive {
            part.write("Connection: close\r\n")
        } else if !form.isVersion11 {
            part.write("Connection: keep-alive\r\n")
        }
        part.write("\r\n")
        write(body, to: &part)
    }

    private static func write(_ body: ShortBody, to part: inout HTTPMessagePart) {
        switch body {
        case .none: break
        case .text(let text): part.write(text: text)
        case .bytes(let bytes): part.write(buffer: bytes)
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
        buffer.writePart(room: 32 + status.reasonPhrase.utf8.count) { writeStatusLine(status, to: &$0) }
        for field in fields where !isOurs(field.name) { write(field, into: &buffer) }
        buffer.writeStaticString("\r\n")
    }

    /// Appends the last chunk and the trailer fields (RFC 9112 §7.1.2).
    static func writeLastChunk(_ trailers: HTTPFields?, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("0\r\n")
        for field in TrailerFields.sendable(trailers) ?? [:] { write(field, into: &buffer) }
        buffer.writeStaticString("\r\n")
    }

    private static func writeStatusLine(_ status: HTTPResponse.Status, to part: inout HTTPMessagePart) {
        part.write("HTTP/1.1 ")
        part.write(number: status.code)
        part.write(" ")
        // Only visible ASCII of the reason phrase is written: a CR or LF in it would begin another field.
        if status.reasonPhrase.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { part.write(text: status.reasonPhrase) }
        part.write("\r\n")
    }

    /// HTTPFields holds no CR, LF or NUL: its values are validated when they are set (RFC 9110 §5.5).
    private static func write(_ field: HTTPField, into buffer: inout ByteBuffer) {
        let name = field.name.rawName
        let value = field.value
        buffer.writePart(room: name.utf8.count + value.utf8.count + 4) { $0.write(name: name, value: value) }
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
