import GustHTTP
import HTTPTypes

/// The fields that frame the body and control the connection, collected in one pass and checked at the end.
///
/// All names and values are compared by bytes, without regard to the case of ASCII letters.
struct HTTPMessageFraming {
    private enum TransferCoding { case none, chunked, unknown }

    private var length: Int?
    private var transferCoding = TransferCoding.none
    private var hostCount = 0
    private var closes = false
    private var keepsAlive = false
    private var upgrades = false
    /// Whether there is the field that hybi-07 to -12 have in place of `Origin`.
    private var hasDraftOrigin = false
    private(set) var expectsContinue = false
    private var expectsOther = false
    /// The names of all fields.
    private(set) var names = FieldNameFilter()

    /// Records one field, and checks its value if it frames the message; `knownHost` remembers the value of `Host`.
    mutating func note(_ field: FieldLine, _ knownHost: KnownHost? = nil) throws(HTTPParseError) {
        names.insert(field.name)
        // The length tells most names apart.
        switch field.name.count {
        case 4 where field.isNamed("host"):
            hostCount += 1
            guard knownHost?.isValid(field.value) ?? HostText.isValid(field.value, mayBeEmpty: true) else {
                throw .bad("Host isn't a valid host")
            }
        case 6 where field.isNamed("expect"): noteExpectation(field.text)
        case 10 where field.isNamed("connection"): noteConnection(field)
        case 14 where field.isNamed("content-length"): length = try number(field.value)
        case 17 where field.isNamed("transfer-encoding"):
            let isChunked = transferCoding == .none && field.value.equalsIgnoringASCIICase("chunked")
            transferCoding = isChunked ? .chunked : .unknown
        case 20 where field.isNamed("sec-websocket-origin"): hasDraftOrigin = true
        default: break
        }
    }

    /// The number in the first `Content-Length`: two servers can read a repeated, signed or padded length, or a list of lengths, differently.
    private func number(_ digits: UnsafeRawBufferPointer) throws(HTTPParseError) -> Int {
        guard length == nil, (1...18).contains(digits.count),
            digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        else { throw .bad("Content-Length isn't one number") }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private mutating func noteConnection(_ field: FieldLine) {
        // Most values have one option, which needs no list.
        if field.value.equalsIgnoringASCIICase("keep-alive") { return keepsAlive = true }
        for option in field.text.tokenElements() {
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

    /// Whether the request has a body.
    var hasBody: Bool { length ?? 0 > 0 || transferCoding != .none }

    /// Whether another request of the connection may have the same fields.
    var mayComeAgain: Bool { !closes && !upgrades }

    /// Checks the collected fields of a request on a connection of its own protocol, and makes the request's head.
    func head(
        _ line: consuming HTTPRequestLine,
        _ fields: consuming RequestFields
    ) throws(HTTPParseError) -> HTTPRequestHead {
        guard hostCount == 1 || (hostCount == 0 && !line.isVersion11) else {
            throw .bad("exactly one Host field is required")
        }
        let body = try body(isVersion11: line.isVersion11)
        guard !expectsOther else { throw Self.unknownExpectation }
        let isVersion11 = line.isVersion11
        if !hasUsualFields(line) { fields = .made(completed(fields.all, line)) }
        line.request.receive(fields)
        return HTTPRequestHead(
            request: line.request,
            isVersion11: isVersion11,
            body: body,
            keepsAlive: !closes && (keepsAlive || isVersion11),
            expectsContinue: expectsContinue && isVersion11 && body != .none
        )
    }

    private func body(isVersion11: Bool) throws(HTTPParseError) -> HTTPRequestHead.Body {
        guard transferCoding != .none else {
            guard let length, length > 0 else { return .none }
            return .length(length)
        }
        guard length == nil else { throw .bad("Content-Length together with Transfer-Encoding") }
        guard isVersion11 else { throw .bad("Transfer-Encoding in HTTP/1.0") }
        guard transferCoding == .chunked else {
            throw HTTPParseError(.notImplemented, "only the transfer coding chunked is supported")
        }
        return .chunked
    }

    /// Checks the collected fields of a request on a stream of its own, whose framing doesn't depend on fields (RFC 9113 §8.3.1).
    func checkStream(hasAuthority: Bool) throws(HTTPParseError) {
        guard hostCount <= 1 else { throw .bad("more than one Host field") }
        guard hasAuthority || hostCount == 1 else { throw .bad(":authority or Host is required") }
        guard !expectsOther else { throw Self.unknownExpectation }
    }

    private static let unknownExpectation = HTTPParseError(.expectationFailed, "only 100-continue can be expected")

    // MARK: Changed fields

    /// Whether the request has the fields that were received.
    private func hasUsualFields(_ line: HTTPRequestLine) -> Bool {
        line.isVersion11 && line.authority == nil && !(upgrades && hasDraftOrigin)
    }

    private func completed(_ fields: HTTPFields, _ line: HTTPRequestLine) -> HTTPFields {
        var fields = fields
        // A server must ignore the field in a request of HTTP/1.0 (RFC 9110 §7.8).
        if !line.isVersion11 { fields[.upgrade] = nil }
        if upgrades { Self.completeOrigin(&fields) }
        // The target's authority replaces the field (RFC 9112 §3.2.2).
        if let authority = line.authority, let host = KnownFieldNames.host { fields[host] = authority }
        return fields
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
