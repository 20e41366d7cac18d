import GustHTTP
import HTTPTypes

/// What a stored response is found by, besides the fields of `Vary`: the URL of the request, compared by its bytes.
struct CacheKey: Hashable, Sendable {
    private let isSecure: Bool
    private let host: ByteText
    private let prefix: ByteText
    private let path: ByteText
    private let query: ByteText?

    /// nil if the request has more than one host; without one, which only HTTP/1.0 allows, the host is empty.
    init?(_ request: Request) {
        var host: String?
        let headers = request.headers
        for index in 0..<headers.endIndex where headers[index].name.canonicalName == "host" {
            guard host == nil else { return nil }
            host = headers[index].value
        }
        isSecure = request.isSecure
        self.host = ByteText(lowercasingASCII: host ?? "")
        prefix = ByteText(request.mountPrefix)
        path = ByteText(request.path)
        query = request.target.queryText.map { ByteText($0) }
    }

    /// The number of bytes.
    var count: Int {
        host.string.utf8.count + prefix.string.utf8.count + path.string.utf8.count + (query?.string.utf8.count ?? 0)
    }
}
