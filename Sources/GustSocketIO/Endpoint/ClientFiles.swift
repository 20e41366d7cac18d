public import GustHTTP
import HTTPTypes

/// The browser client as an endpoint serves it below its resource.
///
/// Both forms of the file are looked for at registration; a missing one is answered 404.
public struct ClientFiles: Sendable {
    /// What answers for a file's name, such as `socket.io.js`; nil if the endpoint serves no client.
    let handler: (any Handler)?

    /// Serves the files that `handler` has; it finds the file's name in the capture `path`.
    public init(_ handler: any Handler) {
        self.handler = handler
    }

    private init(none: Void) {
        handler = nil
    }

    /// Serves no client.
    public static let none = ClientFiles(none: ())

    /// What answers a request for a file of the client, if it is one: the handler, and the request as it wants it.
    func handler(for tail: String, _ request: Request) -> (handler: any Handler, request: Request)? {
        guard let handler, has(tail[...]) else { return nil }
        var request = request
        request.captures = Captures([(name: "path", value: String(tail.dropFirst()))])
        return (handler, request)
    }

    /// Whether the end of a path is the name of a file that is served, with its slash.
    func has(_ tail: Substring) -> Bool {
        handler != nil && Self.names.contains { tail.hasSameBytes(as: $0) }
    }

    private static let names = ["/socket.io.js", "/socket.io.esm.js"]
}
