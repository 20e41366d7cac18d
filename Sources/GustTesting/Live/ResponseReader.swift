import GustHTTP
import HTTPTypes
import NIOCore

/// Reads one HTTP/1.1 response (RFC 9112) in parts.
struct ResponseReader {
    /// A part of a response.
    enum Part {
        case head(HTTPResponse.Status, HTTPFields)
        case body(ByteBuffer)
        /// The end, and whether the connection may be reused.
        case end(isReusable: Bool)
    }

    private enum State {
        case head
        case body(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers
        case untilClose
        case end
    }

    private let method: HTTPRequest.Method
    private var state = State.head
    private var isReusable = true

    init(method: HTTPRequest.Method) {
        self.method = method
    }

    /// Removes the next part from `bytes`; nil if no complete part has been received.
    ///
    /// - Throws: ``TestError/unexpected(_:)`` if the bytes aren't a valid response.
    mutating func next(_ bytes: inout ByteBuffer) throws -> Part? {
        while true {
            switch state {
            case .head:
                guard let (status, headers) = try Self.readHead(&bytes) else { return nil }
                begin(status, headers)
                return .head(status, headers)
            case .body(let remaining):
                guard remaining > 0 else {
                    state = .end
                    continue
                }
                guard let part = Self.readSome(&bytes, remaining) else { return nil }
                state = .body(remaining: remaining - part.readableBytes)
                return .body(part)
            case .chunkSize:
                guard let line = Self.readLine(&bytes) else { return nil }
                // Chunk extensions follow a semicolon (RFC 9112 §7.1.1) and are ignored.
                let digits = line.pieces(on: UInt8(ascii: ";"), maxSplits: 1)[0].trimmingSpaces()
                guard let size = Int(digits, radix: 16), size >= 0 else { throw TestError.unexpected(line) }
                state = size == 0 ? .trailers : .chunk(remaining: size)
            case .chunk(let remaining):
                guard remaining > 0 else {
                    state = .chunkEnd
                    continue
                }
                guard let part = Self.readSome(&bytes, remaining) else { return nil }
                state = .chunk(remaining: remaining - part.readableBytes)
                return .body(part)
            case .chunkEnd:
                guard let line = Self.readLine(&bytes) else { return nil }
                guard line.isEmpty else { throw TestError.unexpected(line) }
                state = .chunkSize
            case .trailers:
                guard let line = Self.readLine(&bytes) else { return nil }
                if line.isEmpty { state = .end }
            case .untilClose:
                return Self.readSome(&bytes, .max).map { .body($0) }
            case .end:
                return .end(isReusable: isReusable)
            }
        }
    }

    private mutating func begin(_ status: HTTPResponse.Status, _ headers: HTTPFields) {
        isReusable = !(headers[.connection] ?? "").listElements().contains { $0.equalsIgnoringASCIICase("close") }
        if status.kind == .informational || status == .noContent || status == .notModified || method == .head {
            // The bytes behind a 101 belong to the new protocol, and `ClientConnection` reads them.
            state = .end
        } else if headers[.transferEncoding]?.listElements().last?.equalsIgnoringASCIICase("chunked") == true {
            state = .chunkSize
        } else if let length = headers[.contentLength].flatMap(Int.init) {
            state = .body(remaining: length)
        } else {
            isReusable = false
            state = .untilClose
        }
    }

    private static func readHead(_ bytes: inout ByteBuffer) throws -> (HTTPResponse.Status, HTTPFields)? {
        var rest = bytes
        guard let line = readLine(&rest) else { return nil }
        let words = line.pieces(on: UInt8(ascii: " "), maxSplits: 2)
        guard words.count == 3, words[0] == "HTTP/1.1", let code = Int(words[1]), (100...999).contains(code) else {
            throw TestError.unexpected(line)
        }
        var headers = HTTPFields()
        while let line = readLine(&rest) {
            guard !line.isEmpty else {
                bytes = rest
                return (HTTPResponse.Status(code: code, reasonPhrase: String(words[2])), headers)
            }
            guard let (before, value) = line[...].parted(at: UInt8(ascii: ":")),
                let name = HTTPField.Name(String(before))
            else { throw TestError.unexpected(line) }
            headers.append(HTTPField(name: name, value: String(value.trimmingSpaces())))
        }
        return nil
    }

    /// Removes a line and returns it without its CR LF; nil if the line isn't complete.
    private static func readLine(_ bytes: inout ByteBuffer) -> String? {
        guard let end = bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
            let line = bytes.readString(length: end - bytes.readerIndex)
        else { return nil }
        bytes.moveReaderIndex(forwardBy: 1)
        return line.utf8.last == UInt8(ascii: "\r") ? String(decoding: line.utf8.dropLast(), as: UTF8.self) : line
    }

    private static func readSome(_ bytes: inout ByteBuffer, _ limit: Int) -> ByteBuffer? {
        bytes.readableBytes > 0 ? bytes.readSlice(length: min(limit, bytes.readableBytes)) : nil
    }
}
