import GustHTTP
import HTTPTypes
import NIOCore

/// What one proxy says of the request it got: by whom, for which host, and how.
struct ForwardedElement: Sendable, Hashable {
    /// The most elements that are looked at.
    static let maximumCount = 32

    /// The address the request came from; nil if it isn't said, or hidden.
    var address: SocketAddress?
    /// Whether it came over TLS; nil if that isn't said.
    var isSecure: Bool?
    /// The host it was for; nil if that isn't said.
    var host: String?

    /// The elements of `X-Forwarded-For`, `-Proto` and `-Host`, that of the nearest proxy last.
    ///
    /// `Proto` and `Host` belong to the nearest proxy, unless they are lists as long as that of addresses.
    static func xForwarded(_ headers: HTTPFields) -> [ForwardedElement] {
        guard let addresses = list("x-forwarded-for", headers) else { return [] }
        let protocols = list("x-forwarded-proto", headers) ?? []
        let hosts = list("x-forwarded-host", headers) ?? []
        return addresses.enumerated().map { index, text in
            var element = ForwardedElement(address: address(text))
            let isLast = index == addresses.count - 1
            let said = protocols.count == addresses.count ? protocols[index] : isLast ? protocols.last : nil
            element.isSecure = said.flatMap(isSecure)
            element.host = (hosts.count == addresses.count ? hosts[index] : isLast ? hosts.last : nil).flatMap(host)
            return element
        }
    }

    /// The elements of `Forwarded` (RFC 7239), that of the nearest proxy last.
    static func forwarded(_ headers: HTTPFields) -> [ForwardedElement] {
        guard let text = headers.value("forwarded") else { return [] }
        return pieces(text[...], ",").suffix(maximumCount).map { element in
            var read = ForwardedElement()
            for pair in pieces(element, ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let value = unquoted(parts[1].trimmingSpaces())
                switch parts[0].trimmingSpaces().lowercased() {
                case "for": read.address = address(value[...])
                case "proto": read.isSecure = isSecure(value[...])
                case "host": read.host = host(value[...])
                default: break
                }
            }
            return read
        }
    }

    private static func list(_ name: String, _ headers: HTTPFields) -> [Substring]? {
        headers.value(name)?.split(separator: ",").suffix(maximumCount).map { $0.trimmingSpaces() }
    }

    /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
    private static func address(_ text: Substring) -> SocketAddress? {
        var (host, port) = (text, 0)
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            port = Int(rest.dropFirst()) ?? 0
        } else if text.contains("."), let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon {
            host = text[..<colon]
            port = Int(text[text.index(after: colon)...]) ?? 0
        }
        return AddressRange.address(String(host), port: (0...65_535).contains(port) ? port : 0)
    }

    private static func isSecure(_ text: Substring) -> Bool? {
        switch text.lowercased() {
        case "https", "wss": true
        case "http", "ws": false
        default: nil
        }
    }

    private static func host(_ text: Substring) -> String? {
        let isHost = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: ".-_:[]".utf8.contains(byte)
            }
        }
        return isHost && (1...255).contains(text.utf8.count) ? String(text) : nil
    }

    /// The pieces between separators that don't stand in quotes.
    private static func pieces(_ text: Substring, _ separator: Character) -> [Substring] {
        var pieces: [Substring] = []
        var start = text.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                pieces.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        return pieces + [text[start...]]
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        return String(text.dropFirst().dropLast().replacing("\\", with: ""))
    }
}

extension HTTPFields {
    /// All values of a field that HTTPTypes has no constant for, joined by commas; the name is in lower case.
    func value(_ canonicalName: String) -> String? {
        let values = lazy.filter { $0.name.canonicalName == canonicalName }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}
