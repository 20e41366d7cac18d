#if Configuration
import GustHTTP
public import GustServing

/// An address to listen on, as a setting: `127.0.0.1:8080`, `[::]:8080`, `unix:/run/gust.sock`, `inherited`, `inherited:web`.
public enum ListenAddress: SettingValue {
    /// A TCP port.
    case tcp(String, port: Int)
    /// A Unix socket.
    case unix(path: String)
    /// The sockets that systemd has opened, of this name, or those of no other listener.
    case inherited(name: String?)

    /// The forms of an address.
    public static var settingExpectation: String {
        "an address such as 127.0.0.1:8080, [::]:8080, unix:/run/gust.sock or inherited"
    }

    /// The address as text.
    public var settingText: String {
        switch self {
        case .tcp(let host, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .inherited(let name): name.map { "inherited:\($0)" } ?? "inherited"
        }
    }

    /// The listener on the address.
    public var listener: Listener {
        switch self {
        case .tcp(let host, let port): .tcp(host, port)
        case .unix(let path): .unix(path)
        case .inherited(let name): name.map { .inherited($0) } ?? .inherited
        }
    }

    /// Reads an address.
    public init?(settingText text: String) {
        if text.hasSameBytes(as: "inherited") {
            self = .inherited(name: nil)
        } else if text.hasBytePrefix("inherited:") {
            self = .inherited(name: String(Substring(text.utf8.dropFirst("inherited:".utf8.count))))
        } else if text.hasBytePrefix("unix:") {
            self = .unix(path: String(Substring(text.utf8.dropFirst("unix:".utf8.count))))
        } else {
            guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
                let port = Int(settingText: String(text[text.utf8.index(after: colon)...])),
                (0...65_535).contains(port)
            else { return nil }
            var host = text[..<colon].utf8
            if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(UInt8(ascii: ":")) {
                return nil
            }
            guard !host.isEmpty else { return nil }
            self = .tcp(String(Substring(host)), port: port)
        }
    }
}
#endif
