import GustHTTP
import GustSocketIO
import HTTPTypes
import NIOCore

/// The head of a request as it is sent to another node.
enum ForwardedHead {
    /// Fields that belong to one connection (RFC 9110 §7.6.1), and those of which each hop makes its own.
    private static let dropped: Set<HTTPField.Name> = Set(  // bytes: names of fields, which ignore case by definition
        [
            .connection, .transferEncoding, .contentLength, .expect, .te, .trailer, .upgrade,
            HTTPField.Name("Keep-Alive"), HTTPField.Name("Proxy-Connection"),
            ForwardingProof.fieldName, ForwardingProof.refusalName,
        ].compactMap(\.self)
    )
    private static let host = HTTPField.Name("Host")

    /// The fields of the client's request that are sent on, with those that frame the new one.
    static func fields(of call: ForwardedCall, bodyLength: Int?) -> HTTPFields {
        var fields = HTTPFields()
        let listed = (call.request.headers[.connection] ?? "").tokenElements().map { ByteText(lowercasingASCII: $0) }
        for field in call.request.headers where !dropped.contains(field.name) {
            guard listed.isEmpty || !listed.contains(ByteText(field.name.canonicalName)) else { continue }
            fields.append(field)
        }
        if let host, fields[host] == nil { fields[host] = "" }
        if call.isUpgrade {
            fields[.connection] = "Upgrade"
            fields[.upgrade] = call.request.headers[.upgrade]
        }
        if let bodyLength { fields[.contentLength] = String(bodyLength) }
        return fields
    }

    /// Appends the head.
    static func write(
        _ method: HTTPRequest.Method,
        _ target: RequestTarget,
        _ fields: HTTPFields,
        into buffer: inout ByteBuffer
    ) {
        buffer.reserveCapacity(minimumWritableBytes: 1_024)
        buffer.writeString(method.rawValue)
        buffer.writeStaticString(" ")
        buffer.writeString(target.text)
        buffer.writeStaticString(" HTTP/1.1\r\n")
        for field in fields {
            buffer.writeString(field.name.rawName)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    /// The fields of another node's response without those that belong to its connection.
    static func endToEnd(_ fields: HTTPFields) -> HTTPFields {
        var kept = HTTPFields()
        for field in fields where field.name == .contentLength || !dropped.contains(field.name) && field.name != .date {
            kept.append(field)
        }
        return kept
    }
}
