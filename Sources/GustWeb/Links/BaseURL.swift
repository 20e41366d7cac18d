public import GustHTTP

/// Sets the beginning of absolute URLs, so that they don't depend on the field `Host`, which the client chooses.
///
/// ```swift
/// app.use(try BaseURL("https://example.com"))
/// ```
/// It applies to `request.absoluteURL(_:)` and to absolute URLs of routes, also behind proxies that change scheme, host or path.
public struct BaseURL: Middleware {
    enum Key: RequestStorageKey { typealias Value = String }

    private let text: String

    /// Makes the middleware.
    ///
    /// - Parameter text: `http://` or `https://`, a host with an optional port, and an optional path that a proxy removes from requests. A
    ///   slash at the end is ignored.
    /// - Throws: An error if the text is something else, or has a query or a fragment.
    public init(_ text: String) throws {
        guard let (scheme, rest) = text[...].parted(at: UInt8(ascii: ":")),
            scheme.equalsIgnoringASCIICase("https") || scheme.equalsIgnoringASCIICase("http"),
            rest.utf8.starts(with: "//".utf8)
        else { throw BaseURLError(text, "it must begin with https:// or http://") }
        let site = Substring(rest.utf8.dropFirst(2))
        let host = Substring(site.utf8.prefix { $0 != UInt8(ascii: "/") })
        guard ForwardedText.host(host) != nil else { throw BaseURLError(text, "\"\(host)\" isn't a host") }
        let path = Substring(site.utf8.dropFirst(host.utf8.count))
        let isPath =
            path.utf8.isEmpty || SitePath.isPath(String(path)) && !path.utf8.contains { "?#".utf8.contains($0) }
        guard isPath else { throw BaseURLError(text, "\"\(path)\" isn't a path without query and fragment") }
        let hasSlash = path.utf8.last == UInt8(ascii: "/")
        self.text = String(decoding: text.utf8.dropLast(hasSlash ? 1 : 0), as: UTF8.self)
    }

    /// Answers with the answer of `next`.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        request.storage[Key.self] = text
        return next.answer(request)
    }
}

/// A text that can't be the beginning of absolute URLs.
struct BaseURLError: Error, CustomStringConvertible {
    let description: String

    init(_ text: String, _ reason: String) {
        description = "\"\(text)\" can't be a base URL: \(reason)"
    }
}
