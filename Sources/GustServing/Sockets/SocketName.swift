import GustHTTP

/// The name under which the socket of a listener is handed to the next process, in `LISTEN_FDNAMES`.
///
/// A name has at most 255 printable characters of ASCII, and no colon.
enum SocketName {
    /// The name of the socket of a TCP listener.
    static func tcp(_ host: String, port: Int) -> String { escaped("tcp:\(host):\(port)") }

    /// The name of a Unix socket.
    static func unix(_ path: String) -> String { escaped("unix:\(path)") }

    /// The text, with `%` and two hexadecimal digits in place of each byte that isn't allowed.
    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: ":"), byte != UInt8(ascii: "%") else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(contentsOf: [byte >> 4, byte & 0x0F].map { $0 + UInt8(ascii: $0 < 10 ? "0" : "7") })
                continue
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
