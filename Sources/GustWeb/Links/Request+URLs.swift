public import GustHTTP
import GustRouting
import NIOCore

/// URLs of named routes.
extension Request {
    /// The path of the route called `name`, for links and redirects.
    ///
    /// ```swift
    /// app.get("/posts/:slug", name: "post") { … }
    /// app.post("/posts") { request in
    ///     Response.redirect(to: try request.url(for: "post", ["slug": "a b"], query: ["page": "2"], fragment: "top"))
    /// }   // to /posts/a%20b?page=2#top
    /// ```
    /// The routes are those of the router that has the request. If it is mounted as a handler, the path begins with ``Request/mountPrefix``.
    /// - Parameters:
    ///   - name: The name of the route.
    ///   - values: The values of the captures, as for `Router.url(for:_:)`.
    ///   - query: The parameters of the query, in order; they are encoded here.
    ///   - fragment: The text behind `#`, which is encoded here; nil for none.
    /// - Returns: The path, with query and fragment.
    /// - Throws: `ReverseError` if there is no such route, if its path can't be built, or if the request isn't in a router.
    public func url(
        for name: String,
        _ values: [String: any LosslessStringConvertible & Sendable] = [:],
        query: KeyValuePairs<String, String> = [:],
        fragment: String? = nil
    ) throws -> String {
        try SiteLink(path: path(of: name, values.mapValues { $0.description }), query: query, fragment: fragment).text
    }

    /// The absolute URL of the route called `name`, for mails and feeds: as ``url(for:_:query:fragment:)``, behind scheme and host.
    ///
    /// See ``absoluteURL(_:)`` for the host: it is that of ``BaseURL``, or else the one that the client has chosen.
    /// - Throws: `ReverseError` also if the request has neither a valid `Host` nor a ``BaseURL``.
    public func absoluteURL(
        for name: String,
        _ values: [String: any LosslessStringConvertible & Sendable] = [:],
        query: KeyValuePairs<String, String> = [:],
        fragment: String? = nil
    ) throws -> String {
        let target = try url(for: name, values, query: query, fragment: fragment)
        guard let url = absoluteURL(target) else {
            throw ReverseError("the request has no valid Host for an absolute URL: use BaseURL")
        }
        return url
    }

    /// The path of a route, with the prefix of the mount.
    func path(of name: String, _ values: [String: String]) throws -> String {
        guard let urls = captures.urls else {
            throw ReverseError("the URL of \"\(name)\" can't be built: the request isn't in a router")
        }
        return try located(urls.path(of: name, values))
    }

    /// The path of a static file with its version, such as `/static/app.js?v=5d41402abc4b2a76`.
    ///
    /// ```swift
    /// app.get(#"/static/(?P<path>.*)"#, use: .files("public"))
    /// app.get("/") { request in HTML("<script src=\"\(try request.staticURL("app.js"))\"></script>") }
    /// ```
    /// The file is looked for in the directories of the router's routes for static files, in their order, without routes for a host. The
    /// version is made from the contents of the file, and a request with it is answered with `Cache-Control: immutable`; see `StaticFiles`.
    /// In templates it is `{{static_url "app.js"}}`.
    ///
    /// A file of up to 64 KiB that isn't in memory is read on the loop. For a larger one the URL has no version until another thread has
    /// computed it, unless a template names it: these are computed before the server starts.
    /// - Throws: `ReverseError` if no route serves such a file, or if the request isn't in a router.
    public func staticURL(_ path: String) throws -> String {
        guard let urls = captures.urls else {
            throw ReverseError("the URL of the file \"\(path)\" can't be built: the request isn't in a router")
        }
        return try located(urls.path(ofFile: path, now: eventLoop.now))
    }

    /// A path of the router that has the request, with the prefix of the mount.
    private func located(_ path: String) throws -> String {
        let path = mountPrefix + path
        guard SitePath.isPath(path) else { throw ReverseError("\(path) would be read as the URL of another host") }
        return path
    }
}
