import GustHTTP
package import HTTPTypes
package import NIOCore

/// Reads the response of another server to a `GET` or `POST`, strictly and with bounds (RFC 9112).
///
/// No I/O. A response whose length is declared twice, or by anything but one number or `chunked`, is refused; so is HTTP/1.0, and an
/// interim response.
package struct HTTPResponseReader {
    /// A part of a response.
    package enum Part {
        /// The head; `bytes` are its lines as they were received, without the empty line.
        case head(HTTPResponse.Status, HTTPFields, bytes: ByteBuffer)
        /// Bytes of the body, at least one.
        case body(ByteBuffer)
        /// The end; afterwards the reader reads nothing more. An upgraded connection has its own bytes next.
        case end(isReusable: Bool)
    }

    private enum State {
        case head
        case body(HTTPBodyReader)
        case untilClose
        case over(isReusable: Bool)
        case ended
    }

    private let limits: HTTPLimits
    private var state = State.head
    private var isReusable = true

    /// Makes a reader with limits for the head.
    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Whether the connection may end now without a loss: the body has no declared length, or the response has ended.
    package var mayEnd: Bool {
        switch state {
        case .untilClose, .ended: true
        case .head, .body, .over: false
        }
    }

    /// Removes the next part from `buffer`; nil if more bytes are needed.
    package mutating func next(_ buffer: inout ByteBuffer) throws(HTTPParseError) -> Part? {
        switch state {
        case .head: return try readHead(&buffer)
        case .body(var reader):
            let piece = try reader.read(&buffer)
            state = .body(reader)
            switch piece {
            case nil: return nil
            case .bytes(let bytes): return .body(bytes)
            case .end: return end(isReusable: isReusable)
            }
        case .untilClose:
            guard buffer.readableBytes > 0 else { return nil }
            defer { buffer = ByteBuffer() }
            return .body(buffer)
        case .over(let isReusable): return end(isReusable: isReusable)
        case .ended: return nil
        }
    }

    private mutating func end(isReusable: Bool) -> Part {
        state = .ended
        return .end(isReusable: isReusable)
    }

    private mutating func readHead(_ buffer: inout ByteBuffer) throws(HTTPParseError) -> Part? {
        guard let length = Self.headLength(buffer) else {
            guard buffer.readableBytes <= limits.headLength else { throw .bad("the head of the response is too long") }
            return nil
        }
        guard let head = buffer.readSlice(length: length) else { return nil }
        let limits = limits
        let read = try head.withUnsafeReadableBytes { bytes in
            Result { () throws(HTTPParseError) in
                try HTTPHeadReader(bytes, limits: limits, isSecure: false).readResponse()
            }
        }.get()
        isReusable = !read.closes
        if read.status.code == 101 {
            state = .over(isReusable: false)
        } else if read.status.isBodiless {
            state = .over(isReusable: isReusable)
        } else if let reader = HTTPBodyReader(read.body ?? .none) {
            state = .body(reader)
        } else {
            state = read.body == nil ? .untilClose : .over(isReusable: isReusable)
        }
        let lines = head.getSlice(at: head.readerIndex, length: length - 2) ?? head
        return .head(read.status, read.fields, bytes: lines)
    }

    /// The length of the head with its empty line; nil if the empty line hasn't been received.
    private static func headLength(_ buffer: ByteBuffer) -> Int? {
        buffer.withUnsafeReadableBytes { bytes in
            var position = 0
            while let newline = bytes.offset(of: 0x0A, from: position) {
                if newline >= 3, bytes[newline - 1] == 0x0D, bytes[newline - 2] == 0x0A { return newline + 1 }
                position = newline + 1
            }
            return nil
        }
    }
}

/// The head of another server's response.
struct HTTPResponseHead {
    var status: HTTPResponse.Status
    var fields = HTTPFields()
    /// How the body is framed; nil if it ends with the connection.
    var body: HTTPRequestHead.Body?
    /// Whether the connection ends behind the response.
    var closes = false
}

extension HTTPHeadReader {
    /// Reads the head of a response.
    func readResponse() throws(HTTPParseError) -> HTTPResponseHead {
        guard bytes.count <= limits.headLength else { throw .bad("the head of the response is too long") }
        var position = try endOfLine(from: 0)
        var head = HTTPResponseHead(status: try statusLine(UnsafeRawBufferPointer(rebasing: bytes[0..<position])))
        position += 2
        var count = 0
        while position < bytes.count - 2 {
            let end = try endOfLine(from: position)
            count += 1
            guard count <= limits.fieldCount, end - position <= limits.fieldLength else {
                throw .bad("too many header fields in the response, or a field that is too long")
            }
            if let field = try self.field(UnsafeRawBufferPointer(rebasing: bytes[position..<end])).field {
                try note(field, &head)
                head.fields.append(field)
            }
            position = end + 2
        }
        return head
    }

    private func note(_ field: HTTPField, _ head: inout HTTPResponseHead) throws(HTTPParseError) {
        switch field.name {
        case .contentLength:
            guard head.body == nil, (1...18).contains(field.value.utf8.count),
                field.value.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
                let length = Int(field.value)
            else { throw .bad("Content-Length of the response isn't one number") }
            head.body = length > 0 ? .length(length) : HTTPRequestHead.Body.none
        case .transferEncoding:
            guard head.body == nil, field.value.utf8.equalsIgnoringASCIICase("chunked") else {
                throw .bad("the transfer coding of the response isn't chunked")
            }
            head.body = .chunked
        case .connection:
            if field.value.containsToken("close") { head.closes = true }
        default: break
        }
    }

    private func statusLine(_ line: UnsafeRawBufferPointer) throws(HTTPParseError) -> HTTPResponse.Status {
        guard line.count >= 12, line.starts(with: "HTTP/1.1 ".utf8), line.count == 12 || line[12] == 0x20 else {
            throw .bad("the response isn't one of HTTP/1.1")
        }
        var code = 0
        for digit in line[9..<12] {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else {
                throw .bad("the status isn't a number")
            }
            code = code * 10 + Int(digit - UInt8(ascii: "0"))
        }
        guard code == 101 || (200...999).contains(code) else { throw .bad("an interim response") }
        let reason = line.count > 13 ? String(decoding: line[13...], as: UTF8.self) : ""
        return HTTPResponse.Status(code: code, reasonPhrase: reason)
    }
}
