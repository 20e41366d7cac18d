import GustHTTP
import HTTPTypes
import NIOCore

/// Reads one whole head.
///
/// The caller has checked that the last line ends with CR LF.
struct HTTPHeadReader {
    let bytes: UnsafeRawBufferPointer
    let limits: HTTPLimits
    private let isSecure: Bool
    private let knownHost: KnownHost?

    /// `isSecure` is whether the connection is encrypted.
    init(_ bytes: UnsafeRawBufferPointer, limits: HTTPLimits, isSecure: Bool, _ knownHost: KnownHost? = nil) {
        self.knownHost = knownHost
        self.bytes = bytes
        self.limits = limits
        self.isSecure = isSecure
    }

    /// Reads the head at the beginning of `buffer`, whose first readable bytes are those of this reader.
    ///
    /// - Parameters:
    ///   - buffer: the buffer.
    ///   - known: what the fields mean, if that is known from an earlier request; then the fields aren't read.
    ///   - origin: what the request has in common with the others of its connection.
    /// - Returns: the head, and what its fields mean.
    /// - Throws: the reason why the request is refused.
    func read(
        _ buffer: ByteBuffer,
        _ known: HTTPMessageFraming? = nil,
        from origin: RequestOrigin
    ) throws(HTTPParseError) -> (head: HTTPRequestHead, framing: HTTPMessageFraming) {
        guard bytes.count <= limits.headLength else {
            throw HTTPParseError(.requestHeaderFieldsTooLarge, "the head is too long")
        }
        let end = try endOfLine(from: 0)
        let line = try requestLine(UnsafeRawBufferPointer(rebasing: bytes[0..<end]), from: origin)
        let framing = if let known { known } else { try framing(from: end + 2) }
        // The empty line isn't one of the fields' lines.
        let lines = buffer.getSlice(at: buffer.readerIndex + end + 2, length: bytes.count - end - 4)
        let fields = lines.map { ReceivedFields($0, ofBufferWithCapacity: buffer.capacity, framing.names) }
        return (try framing.head(line, .received(fields ?? .none)), framing)
    }

    /// Checks the lines of all fields, and collects those that frame the body and control the connection.
    private func framing(from start: Int) throws(HTTPParseError) -> HTTPMessageFraming {
        var framing = HTTPMessageFraming()
        var position = start
        var count = 0
        while position < bytes.count - 2 {
            // Most lines begin with a name and a colon; others are refused below.
            let colon = ASCIISet.token.end(in: bytes, from: position)
            let hasName = colon > position && bytes[colon] == UInt8(ascii: ":")
            let end = try endOfLine(from: hasName ? colon : position)
            count += 1
            guard count <= limits.fieldCount else {
                throw HTTPParseError(.requestHeaderFieldsTooLarge, "too many header fields")
            }
            guard end - position <= limits.fieldLength else {
                throw HTTPParseError(.requestHeaderFieldsTooLarge, "a header field is too long")
            }
            let line = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
            if hasName {
                let field = FieldLine(line, colon: colon - position)
                try Self.checkValue(of: field)
                try framing.note(field, knownHost)
            } else {
                try framing.note(try field(line), knownHost)
            }
            position = end + 2
        }
        return framing
    }

    private static func checkValue(of field: FieldLine) throws(HTTPParseError) {
        // Nearly all values have visible characters and spaces only, which are checked eight at a time.
        guard field.value.isVisibleASCII(spaces: true) || field.hasValidValue else {
            throw .bad("a control character in a header field")
        }
    }

    /// The index of the CR LF that ends a line; a CR without LF is refused, because another server may read it as the end of the line.
    func endOfLine(from start: Int) throws(HTTPParseError) -> Int {
        guard let end = bytes.offset(of: 0x0D, from: start), end + 1 < bytes.count, bytes[end + 1] == 0x0A else {
            throw .bad("a CR inside of a line")
        }
        return end
    }

    // MARK: Request line

    private func requestLine(
        _ line: UnsafeRawBufferPointer,
        from origin: RequestOrigin
    ) throws(HTTPParseError) -> HTTPRequestLine {
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
        // The target goes into the request at once, because its texts would be copied on the way.
        if isUsual {
            let request = Request(method, try reader.originForm(), from: origin)
            return HTTPRequestLine(request: request, authority: nil, isVersion11: isVersion11)
        }
        let (requestTarget, authority) = try reader.otherForm()
        let request = Request(method, requestTarget, from: origin)
        return HTTPRequestLine(request: request, authority: authority, isVersion11: isVersion11)
    }

    private func method(_ bytes: UnsafeRawBufferPointer) -> HTTPRequest.Method? {
        // The two most common methods need no check of their characters.
        if bytes.hasSameBytes(as: "GET") { return .get }
        if bytes.hasSameBytes(as: "POST") { return .post }
        return HTTPRequest.Method(String(decoding: bytes, as: UTF8.self))
    }

    /// Whether the version is 1.1, or a later one of the same major version, which is treated as 1.1 (RFC 9110 §6.2).
    private func isVersion11(_ bytes: UnsafeRawBufferPointer) throws(HTTPParseError) -> Bool {
        if bytes.hasSameBytes(as: "HTTP/1.1") { return true }
        if bytes.hasSameBytes(as: "HTTP/1.0") { return false }
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

    /// Splits and checks the line of a field.
    func field(_ line: UnsafeRawBufferPointer) throws(HTTPParseError) -> FieldLine {
        guard let field = FieldLine(line) else { throw .bad("a header field without a colon") }
        guard field.hasValidName else { throw .bad("a header field's name isn't a token") }
        try Self.checkValue(of: field)
        return field
    }
}
