import GustHTTP

/// The media types of files by their extensions, and the properties of media types.
package enum MediaTypes {
    /// The media type for a file name, with a charset for text; `application/octet-stream` for an unknown extension.
    package static func type(ofFile name: Substring) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return unknown }
        return types[ByteText(lowercasingASCII: name[name.utf8.index(after: dot)...])] ?? unknown
    }

    /// Whether compression shortens content of this type: text, JSON, XML, scripts, uncompressed fonts and images.
    ///
    /// False for server-sent events, because a compressor delays events between the server and the page.
    package static func isCompressible(_ type: String) -> Bool {
        let end = type.utf8.firstIndex { $0 == UInt8(ascii: ";") || $0.isBlank } ?? type.endIndex
        let essence = ByteText(lowercasingASCII: type[..<end])
        if essence.string.hasBytePrefix("text/") { return essence != "text/event-stream" }
        return essence.string.hasByteSuffix("+json") || essence.string.hasByteSuffix("+xml")
            || compressible.contains(essence)
    }

    private static let unknown = "application/octet-stream"

    private static let compressible: Set<ByteText> = [
        "application/atom+xml", "application/ecmascript", "application/graphql", "application/javascript",
        "application/json", "application/manifest+json", "application/rtf", "application/sql", "application/toml",
        "application/vnd.ms-fontobject", "application/wasm", "application/x-javascript", "application/x-ndjson",
        "application/x-sh", "application/x-tar", "application/x-tex", "application/xml", "application/yaml",
        "font/collection", "font/otf", "font/ttf", "image/bmp", "image/vnd.microsoft.icon", "image/x-icon",
    ]

    // Source: IANA's registry of media types; for unregistered types, the types that browsers accept.
    private static let types: [ByteText: String] = [
        "3gp": "video/3gpp", "7z": "application/x-7z-compressed", "aac": "audio/aac", "apng": "image/apng",
        "atom": "application/atom+xml; charset=utf-8", "avi": "video/x-msvideo", "avif": "image/avif",
        "azw": "application/vnd.amazon.ebook", "bin": "application/octet-stream", "bmp": "image/bmp",
        "br": "application/x-brotli", "bz2": "application/x-bzip2", "c": "text/plain; charset=utf-8",
        "cjs": "text/javascript; charset=utf-8", "class": "application/java-vm",
        "conf": "text/plain; charset=utf-8", "cpp": "text/plain; charset=utf-8", "css": "text/css; charset=utf-8",
        "csv": "text/csv; charset=utf-8", "dmg": "application/x-apple-diskimage", "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "dtd": "application/xml-dtd", "eot": "application/vnd.ms-fontobject", "eps": "application/postscript",
        "epub": "application/epub+zip", "exe": "application/octet-stream", "flac": "audio/flac",
        "flv": "video/x-flv", "geojson": "application/geo+json", "gif": "image/gif", "glb": "model/gltf-binary",
        "gltf": "model/gltf+json", "gpx": "application/gpx+xml", "graphql": "application/graphql",
        "gz": "application/gzip", "h": "text/plain; charset=utf-8", "heic": "image/heic", "heif": "image/heif",
        "htm": "text/html; charset=utf-8", "html": "text/html; charset=utf-8", "ico": "image/vnd.microsoft.icon",
        "ics": "text/calendar; charset=utf-8", "ini": "text/plain; charset=utf-8",
        "jar": "application/java-archive", "java": "text/plain; charset=utf-8", "jfif": "image/jpeg",
        "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript; charset=utf-8",
        "json": "application/json", "json5": "application/json5", "jsonld": "application/ld+json",
        "jsx": "text/javascript; charset=utf-8", "jxl": "image/jxl",
        "kml": "application/vnd.google-earth.kml+xml", "kmz": "application/vnd.google-earth.kmz",
        "less": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8",
        "m3u8": "application/vnd.apple.mpegurl",
        "m4a": "audio/mp4", "m4v": "video/x-m4v", "map": "application/json", "markdown": "text/markdown; charset=utf-8",
        "md": "text/markdown; charset=utf-8", "mid": "audio/midi", "midi": "audio/midi",
        "mjs": "text/javascript; charset=utf-8", "mkv": "video/matroska", "mov": "video/quicktime",
        "mp3": "audio/mpeg", "mp4": "video/mp4", "mpd": "application/dash+xml", "mpeg": "video/mpeg",
        "mpg": "video/mpeg", "msi": "application/octet-stream", "mustache": "text/plain; charset=utf-8",
        "ndjson": "application/x-ndjson", "odp": "application/vnd.oasis.opendocument.presentation",
        "ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
        "oga": "audio/ogg", "ogg": "audio/ogg", "ogv": "video/ogg", "opus": "audio/ogg", "otf": "font/otf",
        "pdf": "application/pdf", "pem": "application/x-pem-file", "png": "image/png",
        "ppt": "application/vnd.ms-powerpoint",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "ps": "application/postscript", "py": "text/plain; charset=utf-8", "rar": "application/vnd.rar",
        "rss": "application/rss+xml; charset=utf-8", "rtf": "application/rtf", "sh": "application/x-sh",
        "sql": "application/sql", "stl": "model/stl", "svg": "image/svg+xml", "svgz": "image/svg+xml",
        "swf": "application/x-shockwave-flash", "swift": "text/plain; charset=utf-8", "tar": "application/x-tar",
        "tex": "application/x-tex", "tgz": "application/gzip", "tif": "image/tiff", "tiff": "image/tiff",
        "toml": "application/toml", "ts": "video/mp2t", "tsv": "text/tab-separated-values; charset=utf-8",
        "ttc": "font/collection", "ttf": "font/ttf", "txt": "text/plain; charset=utf-8",
        "vcf": "text/vcard; charset=utf-8", "vtt": "text/vtt; charset=utf-8", "wasm": "application/wasm",
        "wav": "audio/wav", "weba": "audio/webm", "webm": "video/webm", "webmanifest": "application/manifest+json",
        "webp": "image/webp", "wgsl": "text/wgsl; charset=utf-8", "woff": "font/woff", "woff2": "font/woff2",
        "xht": "application/xhtml+xml; charset=utf-8", "xhtml": "application/xhtml+xml; charset=utf-8",
        "xls": "application/vnd.ms-excel", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml": "text/xml; charset=utf-8", "xsl": "application/xslt+xml", "xslt": "application/xslt+xml",
        "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip", "zst": "application/zstd",
    ]
}
