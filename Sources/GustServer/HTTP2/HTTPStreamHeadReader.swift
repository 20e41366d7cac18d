import GustHTTP
import HTTPTypes

/// Reads the fields of a request of HTTP/2 one by one, with the bounds and the strictness of HTTP/1.1 (RFC 9113 §8.2, §8.3).
package struct HTTPStreamHeadReader {
    private let limits: HTTPLimits
    private let isSecure: Bool
    private var method: HTTPRequest.Method?
    private var target: String?
    private var authority: String?
    private var hasScheme = false
    private var fields = HTTPFields()
    private var cookies = ""
    private var framing = HTTPMessageFraming()
    private var length = 0
    private var count = 0

    package init(limits: HTTPLimits, isSecure: Bool) {
        self.limits = limits
        self.isSecure = isSecure
    }

    /// Reads one field.
    package mutating func note(_ name: String, _ value: String) throws(HTTPParseError) {
        let fieldLength = name.utf8.count + value.utf8.count + 2
        length += fieldLength
        if name.utf8.first == UInt8(ascii: ":") { return try notePseudo(name, value) }
        count += 1
        guard count <= limits.fieldCount else {
            throw HTTPParseError(.requestHeaderFieldsTooLarge, "too many header fields")
        }
        guard fieldLength <= limits.fieldLength else {
            throw HTTPParseError(.requestHeaderFieldsTooLarge, "a header field is too long")
        }
        var name = name
        let known = name.withUTF8 { KnownFieldNames.name(for: UnsafeRawBufferPointer($0)) }
        guard let fieldName = known ?? HTTPField.Name(name) else { throw .bad("a header field's name isn't a token") }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .bad("a control character in a header field")
        }
        switch fieldName {
        case .connection, .transferEncoding, .upgrade:
            throw .bad("a field of the connection")
        case .te:
            guard value.utf8.equalsIgnoringASCIICase("trailers") else { throw .bad("TE isn't trailers") }
        case .cookie:
            // A browser may send one field for each cookie (RFC 9113 §8.2.3).
            cookies += cookies.isEmpty ? value : "; \(value)"
            return
        case let other where other == Self.keepAlive || other == Self.proxyConnection:
            throw .bad("a field of the connection")
        default: break
        }
        var text = value
        try name.withUTF8 { name in
            text.withUTF8 { value in
                let line = FieldLine(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
                return Result { () throws(HTTPParseError) in try framing.note(line) }
            }
        }.get()
        fields.append(HTTPField(name: fieldName, value: value))
    }

    private mutating func notePseudo(_ name: String, _ value: String) throws(HTTPParseError) {
        // bytes: the names are ASCII, and a name with other characters is none of them.
        if name.hasSameBytes(as: ":method"), method == nil {
            guard let method = HTTPRequest.Method(value) else { throw .bad("the method isn't a token") }
            self.method = method
        } else if name.hasSameBytes(as: ":path"), target == nil {
            guard value.utf8.count <= limits.targetLength else {
                throw HTTPParseError(.uriTooLong, "the request target is too long")
            }
            target = value
        } else if name.hasSameBytes(as: ":authority"), authority == nil {
            var text = value
            guard text.withUTF8({ HostText.isValid(UnsafeRawBufferPointer($0), mayBeEmpty: false) }) else {
                throw .bad(":authority isn't a valid host")
            }
            authority = value
        } else if name.hasSameBytes(as: ":scheme"), !hasScheme {
            guard value.utf8.equalsIgnoringASCIICase("https") || value.utf8.equalsIgnoringASCIICase("http") else {
                throw .bad(":scheme is neither http nor https")
            }
            hasScheme = true
        } else {
            throw .bad("an unknown or repeated pseudo-header field")
        }
    }

    /// The head; `hasBody` is whether more than the head follows.
    package consuming func head(hasBody: Bool) throws(HTTPParseError) -> HTTPStreamHead {
        guard length <= limits.headLength else {
            throw HTTPParseError(.requestHeaderFieldsTooLarge, "the head is too long")
        }
        guard let method, let target, hasScheme else { throw .bad("a pseudo-header field is missing") }
        guard method != .connect else { throw HTTPParseError(.notImplemented, "CONNECT isn't supported") }
        let requestTarget = try Self.read(target, method, isSecure: isSecure)
        if !cookies.isEmpty { fields.append(HTTPField(name: .cookie, value: cookies)) }
        try framing.checkStream(hasAuthority: authority != nil)
        if let authority, let host = KnownFieldNames.host { fields[host] = authority }
        return HTTPStreamHead(
            method: method,
            target: requestTarget,
            fields: fields,
            hasBody: hasBody,
            expectsContinue: framing.expectsContinue && hasBody
        )
    }

    private static func read(
        _ text: String,
        _ method: HTTPRequest.Method,
        isSecure: Bool
    ) throws(HTTPParseError) -> RequestTarget {
        // The authority is a field of its own, so the target has no absolute form.
        guard text.utf8.first == UInt8(ascii: "/") || text.hasSameBytes(as: "*") else {
            throw .bad("the request target isn't a path")
        }
        var text = text
        return try text.withUTF8 { bytes -> Result<RequestTarget, HTTPParseError> in
            let reader = HTTPTargetReader(UnsafeRawBufferPointer(bytes), method, isSecure: isSecure)
            do throws(HTTPParseError) {
                return .success(try reader.otherForm().target)
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private static let keepAlive = HTTPField.Name("Keep-Alive")
    private static let proxyConnection = HTTPField.Name("Proxy-Connection")
}
