import GustHTTP
import HTTPTypes

/// Reads one whole head.
///
/// The caller has checked that the last line ends with CR LF.
struct HTTPHeadReader {
    let bytes: UnsafeRawBufferPointer
    let limits: HTTPLimits
    private let isSecure: Bool

    /// `isSecure` is whether the connection is encrypted.
    init(_ bytes: UnsafeRawBufferPointer, limits: HTTPLimits, isSecure: Bool) {
        self.bytes = bytes
        self.limits = limits
        self.isSecure = isSecure
    }

    func read() throws(HTTPParseError) -> HTTPRequestHead {
        guard bytes.count <= limits.headLength else {
            throw HTTPParseError(.requestHeaderFieldsTooLarge, "the head is too long")
        }
        var position = try endOfLine(from: 0)
        var head = try requestLine(UnsafeRawBufferPointer(rebasing: bytes[0..<position]))
        position += 2
        var framing = HTTPMessageFraming()
        var count = 0
        while position < bytes.count - 2 {
            let end = try endOfLine(from: position)
            count += 1
            guard count <= limits.fieldCount else {
                throw HTTPParseError(.requestHeaderFieldsTooLarge, "too many header fields")
            }
            guard end - position <= limits.fieldLength else {
                throw HTTPParseError(.requestHeaderFieldsTooLarge, "a header field is too long")
            }
            let field = try self.field(UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
            try framing.note(field)
            head.fields.append(field)
            position = end + 2
        }
        try framing.settle(&head)
        // The target's authority replaces the field (RFC 9112 §3.2.2).
        if let authority = head.authority, let host = KnownFieldNames.host { head.fields[host] = authority }
        return head
    }

    /// The index of the CR LF that ends a line; a CR without LF is refused, because another server may read it as the end of the line.
    func endOfLine(from start: Int) throws(HTTPParseError) -> Int {
        guard let end = bytes.offset(of: 0x0D, from: start), end + 1 < bytes.count, bytes[end + 1] == 0x0A else {
            throw .bad("a CR inside of a line")
        }
        return end
    }

    // MARK: Request line

    private func requestLine(_ line: UnsafeRawBufferPointer) throws(HTTPParseError) -> HTTPRequestHead {
        guard let first = line.offset(of: 0x20), let last = line.lastIndex(of: 0x20), first < last else {
            throw .bad("the request line isn't METHOD TARGET VERSION")
        }
        guard let method = method(UnsafeRawBufferPointer(rebasing: line[..<first])) else {
            throw .bad("the method isn't a token")
        }
        let target = UnsafeRawBufferPointer(rebasing: line[(first + 1)..<last])
        guard target.count <= limits.targetLength else {
            throw HTTPParseError(.uriTooLong, "the request target is too long")
        }
        let isVersion11 = try isVersion11(UnsafeRawBufferPointer(rebasing: line[(last + 1)...]))
        guard method != .connect else { throw HTTPParseError(.notImplemented, "CONNECT isn't supported") }
        let isUsual = target.first == UInt8(ascii: "/") && target.offset(of: UInt8(ascii: "#")) == nil
        let reader = HTTPTargetReader(target, method, isSecure: isSecure)
        let (requestTarget, authority) = isUsual ? (try reader.originForm(), nil) : try reader.otherForm()
        return HTTPRequestHead(
            method: method,
            target: requestTarget,
            authority: authority,
            isVersion11: isVersion11,
            fields: HTTPFields(),
            keepsAlive: isVersion11
        )
    }

    private func method(_ bytes: UnsafeRawBufferPointer) -> HTTPRequest.Method? {
        // The two most common methods need no check of their characters.
        if bytes.hasSameBytes(as: "GET".utf8) { return .get }
        if bytes.hasSameBytes(as: "POST".utf8) { return .post }
        return HTTPRequest.Method(String(decoding: bytes, as: UTF8.self))
    }

    /// Whether the version is 1.1, or a later one of the same major version, which is treated as 1.1 (RFC 9110 §6.2).
    private func isVersion11(_ bytes: UnsafeRawBufferPointer) throws(HTTPParseError) -> Bool {
        if bytes.hasSameBytes(as: "HTTP/1.1".utf8) { return true }
        if bytes.hasSameBytes(as: "HTTP/1.0".utf8) { return false }
        guard bytes.starts(with: "HTTP/".utf8), bytes.count == 8, bytes[6] == UInt8(ascii: "."),
            Self.isDigit(bytes[5]), Self.isDigit(bytes[7])
        else { throw .bad("the request line isn't METHOD TARGET VERSION") }
        guard bytes[5] == UInt8(ascii: "1") else {
            throw HTTPParseError(.httpVersionNotSupported, "only HTTP/1.1 and HTTP/1.0 are supported")
        }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    // MARK: Fields

    func field(_ line: UnsafeRawBufferPointer) throws(HTTPParseError) -> HTTPField {
        guard let colon = line.offset(of: UInt8(ascii: ":")) else { throw .bad("a header field without a colon") }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        guard let fieldName = KnownFieldNames.name(for: name) ?? HTTPField.Name(String(decoding: name, as: UTF8.self))
        else { throw .bad("a header field's name isn't a token") }
        var start = colon + 1
        var end = line.count
        while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        for byte in line[start..<end] where byte < 0x20 && byte != 0x09 || byte == 0x7F {
            throw .bad("a control character in a header field")
        }
        return HTTPField(name: fieldName, value: String(decoding: line[start..<end], as: UTF8.self))
    }
}
