import GustHTTP
import NIOCore

/// Parses the parts of forwarding fields, byte by byte.
///
/// The beginning of such a field may come from the client, the end comes from a proxy. So a field is parsed from its
/// end, and no quote or other character of the client can affect the element that the proxy appended.
enum ForwardedText {
    /// The last elements of a `Forwarded` field (RFC 7239 §4), the last element first, without empty elements.
    ///
    /// If a quoted string has an end but no beginning, everything before its end is one invalid element: nil.
    static func lastElements(_ text: String, _ maximum: Int) -> [Substring?] {
        let bytes = text.utf8
        var elements: [Substring?] = []
        var end = bytes.endIndex
        var index = end
        while elements.count < maximum {
            guard index > bytes.startIndex else {
                append(text[..<end], to: &elements)
                break
            }
            bytes.formIndex(before: &index)
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard !isEscaped(index, bytes), let opening = opening(before: index, bytes) else {
                    elements.append(nil)
                    return elements
                }
                index = opening
            case UInt8(ascii: ","):
                append(text[bytes.index(after: index)..<end], to: &elements)
                end = index
            default: break
            }
        }
        return elements
    }

    /// Parses `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
    ///
    /// An invalid port counts as absent, because some proxies obfuscate the port.
    static func address(_ text: Substring) -> SocketAddress? {
        if text.utf8.first == UInt8(ascii: "[") {
            guard let (host, rest) = text.dropBytes(1).parted(at: UInt8(ascii: "]")), isPort(rest) else {
                return nil
            }
            return AddressRange.address(String(host), port: number(rest.dropBytes(1)) ?? 0)
        }
        if text.utf8.contains(UInt8(ascii: ".")), let (host, port) = text.parted(at: UInt8(ascii: ":")),
            !port.utf8.contains(UInt8(ascii: ":"))
        {
            return AddressRange.address(String(host), port: number(port) ?? 0)
        }
        return AddressRange.address(String(text))
    }

    /// Whether a scheme uses TLS; nil for schemes other than `http`, `https`, `ws` and `wss`.
    static func isSecure(_ scheme: Substring) -> Bool? {
        if scheme.equalsIgnoringASCIICase("https") || scheme.equalsIgnoringASCIICase("wss") {
            return true
        }
        if scheme.equalsIgnoringASCIICase("http") || scheme.equalsIgnoringASCIICase("ws") {
            return false
        }
        return nil
    }

    /// The host with an optional port: a name, an IPv4 address, or an IPv6 address in brackets; nil for any other text.
    static func host(_ text: Substring) -> String? {
        guard (1...255).contains(text.utf8.count) else { return nil }
        let rest: Substring
        if text.utf8.first == UInt8(ascii: "[") {
            guard let (host, tail) = text.dropBytes(1).parted(at: UInt8(ascii: "]")),
                AddressRange.address(String(host))?.protocol == .inet6
            else { return nil }
            rest = tail
        } else {
            let name = text.utf8.prefix { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard !name.isEmpty else { return nil }
            rest = text[name.endIndex...]
        }
        guard isPort(rest), rest.utf8.count < 2 || number(rest.dropBytes(1)) != nil else { return nil }
        return String(text)
    }

    /// Whether `text` is empty or begins with a colon.
    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.first.map { $0 == UInt8(ascii: ":") } ?? true
    }

    private static func number(_ digits: Substring) -> Int? {
        guard (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let number = Int(digits), number <= 65_535
        else { return nil }
        return number
    }

    private static func append(_ element: Substring, to elements: inout [Substring?]) {
        let element = element.trimmingSpaces()
        if !element.isEmpty { elements.append(element) }
    }

    private static func opening(
        before closing: String.Index,
        _ bytes: String.UTF8View
    ) -> String
        .Index?
    {
        var index = closing
        while index > bytes.startIndex {
            bytes.formIndex(before: &index)
            if bytes[index] == UInt8(ascii: "\""), !isEscaped(index, bytes) { return index }
        }
        return nil
    }

    /// Whether an odd number of backslashes precedes the byte.
    private static func isEscaped(_ index: String.Index, _ bytes: String.UTF8View) -> Bool {
        var isEscaped = false
        var index = index
        while index > bytes.startIndex {
            bytes.formIndex(before: &index)
            guard bytes[index] == UInt8(ascii: "\\") else { break }
            isEscaped.toggle()
        }
        return isEscaped
    }
}

extension Substring {
    fileprivate func dropBytes(_ count: Int) -> Substring { Substring(utf8.dropFirst(count)) }
}
