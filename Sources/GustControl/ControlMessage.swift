/// What the command `gust` and the application that it runs tell each other; each message is one line.
package enum ControlMessage: Sendable, Hashable {  // bytes: text of our own
    /// The application has opened its sockets, and waits for ``go``.
    case ready
    /// The application accepts connections.
    case listening
    /// The routes of the application, as the text that `gust routes` prints.
    case routes(String)
    /// The command: no other process accepts from the socket, so the application can.
    case go
    /// The command: the file at this path, which needs no rebuild, has changed.
    case changed(String)
    /// The command: the application is being rebuilt.
    case building
    /// The command: the new build failed, or the new process didn't start; with the text for the developer.
    case failed(String)

    private var parts: (verb: String, text: String?) {
        switch self {
        case .ready: ("ready", nil)
        case .listening: ("listening", nil)
        case .routes(let text): ("routes", text)
        case .go: ("go", nil)
        case .changed(let path): ("changed", path)
        case .building: ("building", nil)
        case .failed(let text): ("failed", text)
        }
    }

    /// The line with the line break at its end.
    package var line: [UInt8] {
        let (verb, text) = parts
        var line = Array(verb.utf8)
        if let text {
            line.append(UInt8(ascii: " "))
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\n"): line += "\\n".utf8
                case UInt8(ascii: "\\"): line += "\\\\".utf8
                default: line.append(byte)
                }
            }
        }
        return line + [UInt8(ascii: "\n")]
    }

    /// Reads a line without its line break; nil for a message that this version doesn't define.
    package init?(line: some Collection<UInt8>) {
        let verb = line.prefix { $0 != UInt8(ascii: " ") }
        var text: [UInt8] = []
        var isEscaped = false
        for byte in line.dropFirst(verb.count + 1) {
            if isEscaped {
                text.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                text.append(byte)
            }
        }
        let string = String(decoding: text, as: UTF8.self)
        switch String(decoding: verb, as: UTF8.self) {
        case "ready": self = .ready
        case "listening": self = .listening
        case "routes": self = .routes(string)
        case "go": self = .go
        case "changed": self = .changed(string)
        case "building": self = .building
        case "failed": self = .failed(string)
        default: return nil
        }
    }
}
