import NIOCore

extension HTTPServer.Configuration.Address {
    /// The address for a person: a URL that a browser opens, or the path of a socket.
    ///
    /// - Parameter picked: the port that was picked, if any was.
    /// - Returns: the text.
    func text(port picked: Int? = nil) -> String {
        switch self {
        case .unixSocket(let path): path
        case .host(let host, let port):
            "http://\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(picked ?? port)"
        }
    }
}
