import CBrowserClient
import GustFiles
import GustHTTP
import NIOCore

/// Serves the browser client that comes with Gust: `socket.io.js`, and `socket.io.esm.js` for `import`.
///
/// The capture `path` is the name of the requested file. The files aren't minified: gzip makes the difference small, and the
/// `.min` names exist so that pages for Node's server work unchanged.
struct BrowserClient: Handler {
    private static let script = EmbeddedFile(name: "socket.io.js", bytes: bytes(gust_socket_io_js()))
    private static let module = EmbeddedFile(name: "socket.io.esm.js", bytes: bytes(gust_socket_io_esm_js()))

    func answer(_ request: Request) -> Answer {
        switch ByteText(request.captures["path"] ?? "") {
        case "socket.io.js", "socket.io.min.js": Self.script.answer(request)
        case "socket.io.esm.js", "socket.io.esm.min.js": Self.module.answer(request)
        default: .failed(HTTPError(.notFound))
        }
    }

    private static func bytes(_ file: embedded_file) -> ByteBuffer {
        ByteBuffer(bytes: UnsafeRawBufferPointer(start: file.bytes, count: file.length))
    }
}
