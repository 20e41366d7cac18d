public import GustHTTP
import HTTPTypes

/// The files of the browser client that an endpoint serves below its resource.
///
/// They are `socket.io.js` and `socket.io.esm.js`, which can also be requested as `socket.io.min.js` and
/// `socket.io.esm.min.js`, the names in pages for Node's server.
public struct ClientFiles: Sendable {
    /// The handler of requests for a file; nil if the endpoint serves no client.
    let handler: (any Handler)?
    /// Whether there is a handler, which isn't copied to find this out.
    private let hasHandler: Bool

    /// Serves the files by `handler`, which receives the name of the requested file as the capture `path`.
    public init(_ handler: any Handler) {
        self.handler = handler
        hasHandler = true
    }

    private init(none: Void) {
        handler = nil
        hasHandler = false
    }

    /// Serves no files.
    public static let none = ClientFiles(none: ())

    /// The handler of a request for a file of the client, and the request to pass to it; nil for any other request.
    func handler(for tail: String, _ request: Request) -> (handler: any Handler, request: Request)? {
        guard let handler, has(tail) else { return nil }
        var request = request
        request.captures = Captures([(name: "path", value: String(decoding: tail.utf8.dropFirst(), as: UTF8.self))])
        return (handler, request)
    }

    /// Whether the end of a path is a slash and the name of a file that is served.
    func has(_ tail: some StringProtocol) -> Bool {
        // Nearly all requests are for no file, and their tails are short.
        hasHandler && tail.utf8.count >= 13 && Self.names.contains { tail.hasSameBytes(as: $0) }
    }

    private static let names = ["/socket.io.js", "/socket.io.esm.js", "/socket.io.min.js", "/socket.io.esm.min.js"]
}
