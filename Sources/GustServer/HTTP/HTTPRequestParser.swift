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
    private let knownHost: KnownHost
    /// The number of bytes after the reader index that have been searched for the end of the head.
    private var searched = 0
    private var emptyLines = 0
    /// The fields of earlier requests; nil before the first request after which the connection stays open.
    private var knownFields: KnownFields?

    /// `isSecure` is whether the connection is encrypted; otherwise targets of `https` are refused with 421.
    init(limits: HTTPLimits, isSecure: Bool = false, knownHost: KnownHost = KnownHost()) {
        self.limits = limits
        self.knownHost = knownHost
        self.isSecure = isSecure
    }

    /// Whether a part of a head has been received.
    var isInsideHead: Bool { searched > 0 }

    /// What the bytes of a buffer begin with.
    private enum Beginning {
        case incomplete
        case emptyLine
        case head(HTTPRequestHead, length: Int)
    }

    /// Reads the head of one request from `buffer`; nil if the head is incomplete.
    mutating func parse(
        _ buffer: inout ByteBuffer,
        from origin: RequestOrigin
    ) throws(HTTPParseError) -> HTTPRequestHead? {
        while true {
            let beginning = try buffer.readableBytesSpan.withUnsafeBytes { bytes throws(HTTPParseError) in
                try read(bytes, of: buffer, from: origin)
            }
            switch beginning {
            case .incomplete: return nil
            case .emptyLine:
                buffer.moveReaderIndex(forwardBy: 2)
                searched = 0
                emptyLines += 1
                // A server may skip empty lines in front of a request (RFC 9112 §2.2); only a few are skipped.
                guard emptyLines <= 4 else { throw .bad("empty lines before the request") }
            case .head(let head, let length):
                buffer.moveReaderIndex(forwardBy: length)
                searched = 0
                emptyLines = 0
                return head
            }
        }
    }

    /// Searches the empty line behind the head, and reads the head.
    private mutating func read(
        _ bytes: UnsafeRawBufferPointer,
        of buffer: ByteBuffer,
        from origin: RequestOrigin
    ) throws(HTTPParseError) -> Beginning {
        guard bytes.first != FlashPolicyRequest.firstByte else { throw .bad("the request line has no method") }
        if searched == 0, let beginning = try readKnown(bytes, of: buffer, from: origin) { return beginning }
        var position = searched
        while let newline = bytes.offset(of: 0x0A, from: position) {
            guard newline > 0, bytes[newline - 1] == 0x0D else { throw .bad("a line that doesn't end with CR LF") }
            if newline == 1 { return .emptyLine }
            if newline >= 3, bytes[newline - 2] == 0x0A {
                let head = UnsafeRawBufferPointer(rebasing: bytes[...newline])
                let reader = HTTPHeadReader(head, limits: limits, isSecure: isSecure, knownHost)
                let (result, framing) = try reader.read(buffer, from: origin)
                remember(head, framing)
                return .head(result, length: head.count)
            }
            position = newline + 1
        }
        // When more bytes have been received, the incomplete last line is searched again, which is cheap because it is short.
        searched = max(searched, position)
        try checkLengths(bytes)
        return .incomplete
    }

    /// Reads a head whose fields are those of an earlier request; nil for any other beginning.
    private func readKnown(
        _ bytes: UnsafeRawBufferPointer,
        of buffer: ByteBuffer,
        from origin: RequestOrigin
    ) throws(HTTPParseError) -> Beginning? {
        // Anything else than a line that ends with CR LF, and isn't empty, is judged by `read`.
        guard let knownFields, let newline = bytes.offset(of: 0x0A), newline > 1, bytes[newline - 1] == 0x0D,
            let known = knownFields.match(UnsafeRawBufferPointer(rebasing: bytes[(newline + 1)...]))
        else { return nil }
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<(newline + 1 + known.length)])
        let reader = HTTPHeadReader(head, limits: limits, isSecure: isSecure, knownHost)
        return .head(try reader.read(buffer, known.framing, from: origin).head, length: head.count)
    }

    /// Remembers the fields of a head that has been read.
    private mutating func remember(_ head: UnsafeRawBufferPointer, _ framing: HTTPMessageFraming) {
        guard framing.mayComeAgain, let newline = head.offset(of: 0x0A) else { return }
        let knownFields = knownFields ?? KnownFields()
        self.knownFields = knownFields
        knownFields.remember(UnsafeRawBufferPointer(rebasing: head[(newline + 1)...]), framing)
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
