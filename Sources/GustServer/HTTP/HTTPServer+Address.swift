import NIOCore

extension HTTPServer.Configuration.Address {
    /// The address as text for logs: a URL that a browser can open, or the path of a Unix socket.
    ///
    /// - Parameters:
    ///   - picked: The port that the server listens on; nil means the port of the address.
    ///   - isSecure: Whether the scheme of the URL is `https`.
    /// - Returns: The text.
    func text(port picked: Int? = nil, isSecure: Bool = false) -> String {
        switch self {
        case .unixSocket(let path): path
        case .host(let host, let port):
            "http\(isSecure ? "s" : "")://\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(picked ?? port)"
        }
    }
}
