import GustHTTP
import HTTPTypes

/// The directives of `Cache-Control` that a shared cache needs (RFC 9111 §5.2), of a request or a response.
struct CacheControl {
    private(set) var isNoStore = false
    /// Also with a list of fields, which a cache may treat like the directive without one.
    private(set) var isNoCache = false
    private(set) var isPrivate = false
    private(set) var isPublic = false
    private(set) var isOnlyIfCached = false
    /// Seconds; 0 for a text that isn't a number, so that the response counts as stale (RFC 9111 §4.2.1).
    private(set) var maximumAge: Int?
    private(set) var sharedMaximumAge: Int?
    private(set) var minimumFreshness: Int?

    /// No directives.
    init() {}

    /// Parses the field; without one, there are no directives.
    init(_ headers: HTTPFields) {
        guard let field = headers.joinedValues(of: "cache-control") else { return }
        for directive in field.listElements() {
            let (name, value) = directive.parted(at: UInt8(ascii: "=")) ?? (directive, "")
            if name.equalsIgnoringASCIICase("no-store") { isNoStore = true }
            if name.equalsIgnoringASCIICase("no-cache") { isNoCache = true }
            if name.equalsIgnoringASCIICase("private") { isPrivate = true }
            if name.equalsIgnoringASCIICase("public") { isPublic = true }
            if name.equalsIgnoringASCIICase("only-if-cached") { isOnlyIfCached = true }
            if name.equalsIgnoringASCIICase("max-age") { Self.lower(&maximumAge, value) }
            if name.equalsIgnoringASCIICase("s-maxage") { Self.lower(&sharedMaximumAge, value) }
            if name.equalsIgnoringASCIICase("min-fresh") { minimumFreshness = Self.seconds(value) }
        }
    }

    /// Of a repeated directive, the smallest value counts.
    private static func lower(_ seconds: inout Int?, _ value: Substring) {
        let new = self.seconds(value)
        seconds = min(seconds ?? new, new)
    }

    /// At most 2^31 seconds, as RFC 9111 §1.2.2 recommends.
    static func seconds(_ text: Substring) -> Int {
        let text = text.unquoted()
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        return min(Int(text) ?? 1 << 31, 1 << 31)
    }
}
