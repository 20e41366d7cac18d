import GustHTTP
import HTTPTypes

/// What the cache needs of a request, found in one pass over its fields.
struct CacheRequest {
    /// The values of `Host`, of which a request has one.
    private(set) var host: String?
    private(set) var hasSeveralHosts = false
    private(set) var hasCookie = false
    /// Whether the response is for this client, or isn't whole: with `Authorization` or `Range`.
    private(set) var passes = false
    private(set) var hasControl = false

    init(_ headers: HTTPFields) {
        for index in 0..<headers.endIndex {
            // Checking the length first avoids most comparisons.
            let name = headers[index].name.canonicalName
            switch name.utf8.count {
            case 4 where name.hasSameBytes(as: "host"):
                hasSeveralHosts = host != nil
                host = headers[index].value
            case 5 where name.hasSameBytes(as: "range"): passes = true
            case 6 where name.hasSameBytes(as: "cookie"): hasCookie = true
            case 13 where name.hasSameBytes(as: "authorization"): passes = true
            case 13 where name.hasSameBytes(as: "cache-control"): hasControl = true
            default: break
            }
        }
    }
}
