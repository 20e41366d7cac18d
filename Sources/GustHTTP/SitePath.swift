/// Targets of redirects that a client has sent, such as `next` of a form for signing in.
package enum SitePath {
    /// Whether a browser that is redirected to `target` stays on this site.
    ///
    /// A target is ASCII, percent-encoded. Browsers read `//` and `/\` as the beginning of a host, and drop tabs and line breaks
    /// (URL standard, "basic URL parser").
    package static func isPath(_ target: String) -> Bool {
        let bytes = target.utf8
        guard bytes.first == UInt8(ascii: "/"), bytes.dropFirst().first != UInt8(ascii: "/") else { return false }
        return bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
