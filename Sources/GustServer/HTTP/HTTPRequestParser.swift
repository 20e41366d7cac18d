import GustHTTP
import HTTPTypes
import NIOCore

/// Reads request heads, strictly (RFC 9112).
///
/// No I/O; an incomplete head stays in the buffer.
///
/// A head that two servers could read differently is refused, because such a difference allows request smuggling: bare
/// LF or CR, folded fields, blanks before a colon, repeated or signed lengths, a length beside chunks, any transfer
/// coding but `chunked`, a missing or repeated `Host`.
struct HTTPRequestParser {
    private let limits: HTTPLimits
    private let isSecure: Bool
    /// The number of bytes after the reader index that have been searched for the end of the head.
    private var searched = 0
    private var emptyLines = 0

    /// `isSecure` is whether the connection is encrypted; otherwise targets of `https` are refused with 421.
    init(limits: HTTPLimits, isSecure: Bool = false) {
        self.limits = limits
        self.isSecure = isSecure
    }

    /// Whether a part of a head has been received.
    var isInsideHead: Bool { searched > 0 }

    /// Reads one head from `buffer`; nil if the head is incomplete.
    mutating func parse(_ buffer: inout ByteBuffer) throws(HTTPParseError) -> HTTPRequestHead? {
        guard let length = try headLength(&buffer) else { return nil }
        searched = 0
        emptyLines = 0
        guard let head = buffer.readSlice(length: length) else { return nil }
        let limits = limits
        let isSecure = isSecure
        return try head.withUnsafeReadableBytes { bytes -> Result<HTTPRequestHead, HTTPParseError> in
            do throws(HTTPParseError) {
                return .success(try HTTPHeadReader(bytes, limits: limits, isSecure: isSecure).read())
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// The length of the head with its empty line; nil if the empty line has not been received.
    private mutating func headLength(_ buffer: inout ByteBuffer) throws(HTTPParseError) -> Int? {
        while true {
            let outcome = buffer.withUnsafeReadableBytes { bytes -> Result<(end: Int?, skip: Int), HTTPParseError> in
                do throws(HTTPParseError) {
                    return .success(try search(bytes))
                } catch {
                    return .failure(error)
                }
            }
            let (end, skip) = try outcome.get()
            guard skip > 0 else { return end }
            buffer.moveReaderIndex(forwardBy: skip)
            searched = 0
            emptyLines += 1
            // A server may skip empty lines in front of a request (RFC 9112 §2.2); only a few are skipped.
            guard emptyLines <= 4 else { throw .bad("empty lines before the request") }
        }
    }

    private mutating func search(_ bytes: UnsafeRawBufferPointer) throws(HTTPParseError) -> (end: Int?, skip: Int) {
        var position = searched
        while position < bytes.count {
            guard let newline = bytes.offset(of: 0x0A, from: position) else { break }
            guard newline > 0, bytes[newline - 1] == 0x0D else { throw .bad("a line that doesn't end with CR LF") }
            if newline == 1 { return (nil, 2) }
            if newline >= 3, bytes[newline - 2] == 0x0A { return (newline + 1, 0) }
            position = newline + 1
        }
        // When more bytes have been received, the incomplete last line is searched again, which is cheap because it is short.
        searched = max(searched, position)
        try checkLengths(bytes)
        return (nil, 0)
    }

    private func checkLengths(_ bytes: UnsafeRawBufferPointer) throws(HTTPParseError) {
        guard bytes.count <= limits.headLength else {
            throw HTTPParseError(.requestHeaderFieldsTooLarge, "the head is too long")
        }
        let line = bytes.count - searched
        if searched == 0, line > limits.targetLength + 32 {
            throw HTTPParseError(.uriTooLong, "the request target is too long")
        }
        // The CR may have been received without its LF.
        if searched > 0, line > limits.fieldLength + 1 {
            throw HTTPParseError(.requestHeaderFieldsTooLarge, "a header field is too long")
        }
    }
}
