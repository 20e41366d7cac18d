import GustHTTP

/// The parameters of one element of `Sec-WebSocket-Extensions` that is permessage-deflate (RFC 7692 §7.1): an offer or a response.
struct DeflateExtension {
    /// The size of a window, as a power of two.
    enum Window {
        /// The parameter has no value.
        case unnamed
        /// 8 to 15.
        case bits(Int)
    }

    /// The name of the extension.
    static let name = "permessage-deflate"

    private(set) var serverHasNoTakeover = false
    private(set) var clientHasNoTakeover = false
    private(set) var serverWindow: Window?
    private(set) var clientWindow: Window?

    /// Reads an element; nil if it names another extension, or if a parameter is unknown, repeated or has an invalid value.
    init?(_ element: Substring) {
        var parts = element.pieces(on: UInt8(ascii: ";")).map { $0.trimmingSpaces() }[...]
        guard let name = parts.popFirst(), name.equalsIgnoringASCIICase(Self.name) else { return nil }
        for part in parts {
            let pair = part.pieces(on: UInt8(ascii: "="), maxSplits: 1)
            guard let name = pair.first?.trimmingSpaces() else { return nil }
            let value = pair.count > 1 ? Self.unquoted(pair[1].trimmingSpaces()) : nil
            guard take(name, value) else { return nil }
        }
    }

    /// Takes a parameter; false if it is unknown, repeated or has an invalid value.
    private mutating func take(_ name: Substring, _ value: Substring?) -> Bool {
        if name.hasSameBytes(as: "server_no_context_takeover") {
            guard value == nil, !serverHasNoTakeover else { return false }
            serverHasNoTakeover = true
        } else if name.hasSameBytes(as: "client_no_context_takeover") {
            guard value == nil, !clientHasNoTakeover else { return false }
            clientHasNoTakeover = true
        } else if name.hasSameBytes(as: "server_max_window_bits") {
            guard serverWindow == nil, let window = Self.window(value) else { return false }
            serverWindow = window
        } else if name.hasSameBytes(as: "client_max_window_bits") {
            guard clientWindow == nil, let window = Self.window(value) else { return false }
            clientWindow = window
        } else {
            return false
        }
        return true
    }

    /// The window of a value; nil unless the value is missing, or is 8 to 15 without leading zeros.
    private static func window(_ value: Substring?) -> Window? {
        guard let value else { return .unnamed }
        return (8...15).first { value.hasSameBytes(as: String($0)) }.map(Window.bits)
    }

    private static func unquoted(_ text: Substring) -> Substring {
        let quote = UInt8(ascii: "\"")
        guard text.utf8.count >= 2, text.utf8.first == quote, text.utf8.last == quote else { return text }
        return Substring(text.utf8.dropFirst().dropLast())
    }
}
