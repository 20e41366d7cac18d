import GustHTTP
import HTTPTypes

/// Reads a request target in one of its forms (RFC 9112 §3.2), by bytes.
struct HTTPTargetReader {
    private let bytes: UnsafeRawBufferPointer
    private let method: HTTPRequest.Method
    private let isSecure: Bool

    init(_ bytes: UnsafeRawBufferPointer, _ method: HTTPRequest.Method, isSecure: Bool) {
        self.bytes = bytes
        self.method = method
        self.isSecure = isSecure
    }

    /// Reads `path[?query]`.
    func originForm() throws(HTTPParseError) -> RequestTarget { try target(bytes) }

    /// Reads `*`, a target in absolute form with its authority, or a target with a fragment, which is dropped.
    func otherForm() throws(HTTPParseError) -> (target: RequestTarget, authority: String?) {
        let end = bytes.offset(of: UInt8(ascii: "#")) ?? bytes.count
        let bytes = UnsafeRawBufferPointer(rebasing: self.bytes[..<end])
        if bytes.elementsEqual("*".utf8) {
            guard method == .options else { throw .bad("the target * is for OPTIONS only") }
            return (try target(bytes), nil)
        }
        guard let start = try authorityStart(bytes) else { return (try target(bytes), nil) }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        let pathStart = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.count
        let authority = UnsafeRawBufferPointer(rebasing: rest[..<pathStart])
        // An empty host and user information are invalid (RFC 9110 §4.2.1, §4.2.4).
        guard HostText.isValid(authority, mayBeEmpty: false) else {
            throw .bad("the target's authority isn't a valid host")
        }
        return (
            try path(UnsafeRawBufferPointer(rebasing: rest[pathStart...])), String(decoding: authority, as: UTF8.self)
        )
    }

    /// The index of the authority in a target of absolute form; nil if the target has another form.
    private func authorityStart(_ bytes: UnsafeRawBufferPointer) throws(HTTPParseError) -> Int? {
        if bytes.hasPrefixIgnoringASCIICase("http://") { return 7 }
        guard bytes.hasPrefixIgnoringASCIICase("https://") else { return nil }
        guard isSecure else {
            throw HTTPParseError(.misdirectedRequest, "https over a connection that isn't encrypted")
        }
        return 8
    }

    /// The path and query after an authority; an empty path is `/`, or `*` for OPTIONS without a query (RFC 9112 §3.2.4).
    private func path(_ bytes: UnsafeRawBufferPointer) throws(HTTPParseError) -> RequestTarget {
        if bytes.first == UInt8(ascii: "/") { return try target(bytes) }
        if bytes.isEmpty {
            let text: StaticString = method == .options ? "*" : "/"
            return try target(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        let path = [UInt8(ascii: "/")] + bytes
        guard let target = path.withUnsafeBufferPointer({ RequestTarget(bytes: $0) }) else { throw Self.unreadable }
        return target
    }

    private func target(_ bytes: UnsafeRawBufferPointer) throws(HTTPParseError) -> RequestTarget {
        guard let target = RequestTarget(bytes: bytes.bindMemory(to: UInt8.self)) else { throw Self.unreadable }
        return target
    }

    private static let unreadable = HTTPParseError.bad(
        "the request target has blanks or control characters, or can't be decoded"
    )
}
