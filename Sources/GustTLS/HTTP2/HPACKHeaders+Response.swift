#if TLS
import HTTPTypes
import NIOHPACK

extension HPACKHeaders {
    /// The head of a response, without the fields that HTTP/2 doesn't have (RFC 9113 §8.2.2).
    init(_ status: HTTPResponse.Status, _ fields: HTTPFields, length: Int?, date: String) {
        self.init()
        reserveCapacity(fields.count + 3)
        add(name: ":status", value: status.code == 200 ? "200" : String(status.code))
        add(name: "date", value: date)
        add(fields)
        if let length { add(name: "content-length", value: String(length), indexing: .nonIndexable) }
    }

    /// The head of an interim response (RFC 9110 §15.2).
    init(informing status: HTTPResponse.Status, _ fields: HTTPFields) {
        self.init()
        add(name: ":status", value: String(status.code))
        add(fields)
    }

    /// The fields behind a body (RFC 9113 §8.1).
    init(trailers: HTTPFields) {
        self.init()
        add(trailers)
    }

    private mutating func add(_ fields: HTTPFields) {
        for field in fields where !Self.isOmitted(field.name) {
            // A secret must not be compressed together with other text (RFC 7541 §7.1.3).
            add(
                name: field.name.canonicalName,
                value: field.value,
                indexing: field.name == .setCookie ? .neverIndexed : .indexable
            )
        }
    }

    /// Whether the field belongs to connections of HTTP/1.1, or is written by the server.
    private static func isOmitted(_ name: HTTPField.Name) -> Bool {
        // Called for every field: the length rules out most names.
        switch name.canonicalName.utf8.count {
        case 4: name == .date
        case 7: name == .upgrade
        case 10: name == .connection || name.canonicalName == "keep-alive"
        case 14: name == .contentLength
        case 16: name.canonicalName == "proxy-connection"
        case 17: name == .transferEncoding
        default: false
        }
    }
}
#endif
