import GustHTTP
import HTTPTypes

/// What the fields say about the body's framing and the connection, collected in one pass and judged at the end.
struct HTTPMessageFraming {
    private var length: Int?
    private var transferCodings: [String] = []
    private var hostCount = 0
    private var connection = ""
    private var expectation: String?

    /// Takes one field.
    mutating func note(_ field: HTTPField) throws(HTTPParseError) {
        switch field.name {
        case .contentLength:
            // Repeated, signed, listed or padded lengths are where two servers disagree.
            guard length == nil, !field.value.isEmpty, field.value.utf8.count <= 18,
                field.value.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
                let length = Int(field.value)
            else { throw .bad("Content-Length isn't one number") }
            self.length = length
        case .transferEncoding: transferCodings.append(field.value.lowercased())
        case .connection: connection += connection.isEmpty ? field.value : ", " + field.value
        case .expect: expectation = field.value.lowercased()
        default:
            // HTTPTypes keeps its constant for Host to itself, because HTTP/2 has none.
            guard field.name.canonicalName == "host" else { return }
            hostCount += 1
            guard field.value.utf8.allSatisfy(Self.isHostByte) else { throw .bad("Host isn't a host") }
        }
    }

    /// Judges all of them together.
    func settle(_ head: inout HTTPRequestHead) throws(HTTPParseError) {
        guard hostCount == 1 || (hostCount == 0 && !head.isVersion11) else { throw .bad("one Host field is needed") }
        if !transferCodings.isEmpty {
            guard length == nil else { throw .bad("Content-Length beside Transfer-Encoding") }
            guard head.isVersion11 else { throw .bad("Transfer-Encoding in HTTP/1.0") }
            guard transferCodings == ["chunked"] else {
                throw HTTPParseError(.notImplemented, "only the transfer coding chunked is known here")
            }
            head.body = .chunked
        } else if let length, length > 0 {
            head.body = .length(length)
        }
        if !connection.isEmpty {
            let options = connection.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            if options.contains("close") {
                head.keepsAlive = false
            } else if options.contains("keep-alive") {
                head.keepsAlive = true
            }
            if options.contains("upgrade") { Self.completeOrigin(&head.fields) }
        }
        if let expectation {
            guard expectation == "100-continue" else {
                throw HTTPParseError(.expectationFailed, "only 100-continue can be expected")
            }
            head.expectsContinue = head.isVersion11 && head.body != .none
        }
    }

    /// The WebSocket drafts hybi-07 to -12 have their own field for what everybody else calls `Origin`.
    ///
    /// It is copied, so that whoever admits clients by their origin needs to know of one field only.
    private static func completeOrigin(_ fields: inout HTTPFields) {
        guard fields[.origin] == nil, let version = fields[.secWebSocketVersion], version == "7" || version == "8",
            let origin = fields.value(of: "sec-websocket-origin")
        else { return }
        fields[.origin] = origin
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F, UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"),
            UInt8(ascii: "\\"), UInt8(ascii: ","):
            false
        default: true
        }
    }
}
