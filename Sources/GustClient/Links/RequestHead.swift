import GustClientWire
import GustHTTP
import HTTPTypes
import NIOCore
import NIOHTTP1

/// The heads of the requests of one connection: the fields and the query that all of them have.
struct RequestHead {
    private let authority: String
    private let fields: HTTPFields
    private let query: String
    private let jar: CookieJar?

    init(_ server: ServerURL, _ settings: ClientSettings, _ credentials: ClientCredentials?, _ jar: CookieJar?) {
        authority = server.authority
        self.jar = jar
        var fields = settings.headers
        var query = server.query.utf8.isEmpty ? "" : "&" + Self.withoutRawBytes(server.query)
        for (name, value) in settings.query + (credentials?.query ?? []) {
            query += "&\(URLText.encode(name))=\(URLText.encode(value))"
        }
        for field in credentials?.headers ?? [:] { fields[field.name] = nil }
        for field in credentials?.headers ?? [:] { fields.append(field) }
        self.fields = fields
        self.query = query
    }

    /// The head of a request.
    func head(_ method: HTTPMethod, _ target: String, _ own: [(String, String)]) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(fields.count + own.count + 1)
        headers.add(name: "Host", value: authority)
        for (name, value) in own { headers.add(name: name, value: value) }
        // One field for all cookies (RFC 6265 §5.4).
        var cookies: [String] = []
        for field in fields {
            if field.name == .cookie {
                cookies.append(field.value)
            } else if !headers.contains(name: field.name.rawName) {
                headers.add(name: field.name.rawName, value: field.value)
            }
        }
        if let kept = jar?.field { cookies.append(kept) }
        if !cookies.isEmpty { headers.add(name: "Cookie", value: cookies.joined(separator: "; ")) }
        return HTTPRequestHead(version: .http1_1, method: method, uri: target + query, headers: headers)
    }

    /// Bytes beyond ASCII, which a request line can't have, are percent-encoded.
    private static func withoutRawBytes(_ query: String) -> String {
        guard query.utf8.contains(where: { $0 >= 0x80 }) else { return query }
        var text = ""
        for byte in query.utf8 {
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
