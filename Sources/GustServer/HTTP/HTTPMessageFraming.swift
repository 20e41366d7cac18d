import GustHTTP
import HTTPTypes

/// The fields that frame the body and control the connection, collected in one pass and checked at the end.
///
/// All values are compared by bytes, without regard to the case of ASCII letters.
struct HTTPMessageFraming {
    private enum TransferCoding { case none, chunked, unknown }

    private var length: Int?
    private var transferCoding = TransferCoding.none
    private var hostCount = 0
    private var closes = false
    private var keepsAlive = false
    private var upgrades = false
    private var expectsContinue = false
    private var expectsOther = false

    /// Records one field, and checks its value if it frames the message.
    mutating func note(_ field: HTTPField) throws(HTTPParseError) {
        switch field.name {
        case .contentLength:
            // Two servers can read a repeated, signed or padded length, or a list of lengths, differently.
            guard length == nil, !field.value.isEmpty, field.value.utf8.count <= 18,
                field.value.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
                let length = Int(field.value)
            else { throw .bad("Content-Length isn't one number") }
            self.length = length
        case .transferEncoding:
            let isChunked = transferCoding == .none && field.value.utf8.equalsIgnoringASCIICase("chunked")
            transferCoding = isChunked ? .chunked : .unknown
        case .connection: noteConnection(field.value)
        case .expect: noteExpectation(field.value)
        default:
            // HTTPTypes has no public constant for `Host`, because HTTP/2 replaces the field.
            guard field.name.canonicalName == "host" else { return }
            hostCount += 1
            guard HostText.isValid(field.value.utf8, mayBeEmpty: true) else { throw .bad("Host isn't a valid host") }
        }
    }

    private mutating func noteConnection(_ value: String) {
        // Most values have one option, which needs no list.
        if value.utf8.equalsIgnoringASCIICase("keep-alive") { return keepsAlive = true }
        for option in value.tokenElements() {
            if option.utf8.equalsIgnoringASCIICase("close") { closes = true }
            if option.utf8.equalsIgnoringASCIICase("keep-alive") { keepsAlive = true }
            if option.utf8.equalsIgnoringASCIICase("upgrade") { upgrades = true }
        }
    }

    private mutating func noteExpectation(_ value: String) {
        for expectation in value.tokenElements() {
            if expectation.utf8.equalsIgnoringASCIICase("100-continue") {
                expectsContinue = true
            } else {
                expectsOther = true
            }
        }
    }

    /// Checks the collected fields.
    func settle(_ head: inout HTTPRequestHead) throws(HTTPParseError) {
        guard hostCount == 1 || (hostCount == 0 && !head.isVersion11) else {
            throw .bad("exactly one Host field is required")
        }
        if transferCoding != .none {
            guard length == nil else { throw .bad("Content-Length together with Transfer-Encoding") }
            guard head.isVersion11 else { throw .bad("Transfer-Encoding in HTTP/1.0") }
            guard transferCoding == .chunked else {
                throw HTTPParseError(.notImplemented, "only the transfer coding chunked is supported")
            }
            head.body = .chunked
        } else if let length, length > 0 {
            head.body = .length(length)
        }
        if closes { head.keepsAlive = false } else if keepsAlive { head.keepsAlive = true }
        // A server must ignore the field in a request of HTTP/1.0 (RFC 9110 §7.8).
        if !head.isVersion11 { head.fields[.upgrade] = nil }
        if upgrades { Self.completeOrigin(&head.fields) }
        guard !expectsOther else { throw HTTPParseError(.expectationFailed, "only 100-continue can be expected") }
        head.expectsContinue = expectsContinue && head.isVersion11 && head.body != .none
    }

    /// Checks the collected fields of a request on a stream of its own, whose framing doesn't depend on fields (RFC 9113 §8.3.1).
    func settle(stream head: inout HTTPRequestHead) throws(HTTPParseError) {
        guard hostCount <= 1 else { throw .bad("more than one Host field") }
        if let authority = head.authority {
            if let host = KnownFieldNames.host { head.fields[host] = authority }
        } else if hostCount == 0 {
            throw .bad(":authority or Host is required")
        }
        guard !expectsOther else { throw HTTPParseError(.expectationFailed, "only 100-continue can be expected") }
        head.expectsContinue = expectsContinue && head.body != .none
    }

    /// The WebSocket drafts hybi-07 to -12 name the field `Sec-WebSocket-Origin` instead of `Origin`.
    ///
    /// The value is copied to `Origin`, so that code which checks origins reads one field only.
    private static func completeOrigin(_ fields: inout HTTPFields) {
        guard fields[.origin] == nil, let version = fields[.secWebSocketVersion],
            version.hasSameBytes(as: "7") || version.hasSameBytes(as: "8"),
            let origin = fields.value(of: "sec-websocket-origin")
        else { return }
        fields[.origin] = origin
    }
}
