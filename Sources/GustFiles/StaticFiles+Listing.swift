import GustHTTP
import HTTPTypes
import NIOCore

/// Lists of the files of a directory.
extension StaticFiles {
    /// A page with the files of the directory at `path`; nil if there is no such directory, or if the path has no slash at its end.
    ///
    /// Only files that can be requested are listed: none that begin with a dot, and no symbolic links.
    func listing(of path: String, for request: Request) throws -> Response? {
        guard let directory = FilePath(path), directory.isDirectory || directory.components.isEmpty,
            let entries = try store.directory.entries(of: directory)
        else { return nil }
        let title = HTMLEscaping.escape("/" + directory.components.joined(separator: "/"))
        var text = """
            <!DOCTYPE html>
            <html><head><meta charset="utf-8"><title>\(title)</title></head>
            <body><h1>\(title)</h1><ul>

            """
        if !directory.components.isEmpty { text += "<li><a href=\"../\">../</a></li>\n" }
        for entry in entries {
            let slash = entry.isDirectory ? "/" : ""
            // With `./` a name is never read as a scheme, and with its bytes encoded it is one segment.
            let link = "./\(PercentEncoding.encodeSegment(entry.name))\(slash)"
            let size = entry.isDirectory ? "" : " \(entry.size) bytes"
            text += "<li><a href=\"\(link)\">\(HTMLEscaping.escape(entry.name))\(slash)</a>\(size)</li>\n"
        }
        text += "</ul></body></html>\n"
        return Response(
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
                .contentSecurityPolicy: "default-src 'none'",
            ],
            body: .bytes(ByteBuffer(string: text))
        )
    }
}
