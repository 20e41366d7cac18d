import GustHTTP
import HTTPTypes
import NIOCore

/// What one proxy says of the request that it received: from whom, for which host, and over what.
struct ForwardedElement: Sendable {
    /// The most elements that are looked at, from the end.
    static let maximumCount = 32

    /// The address that the request came from; nil if it isn't said, hidden, or can't be read.
    var address: SocketAddress?
    /// Whether it came over TLS; nil if that isn't said.
    var isSecure: Bool?
    /// The host that it was for; nil if that isn't said.
    var host: String?

    /// What the fields `X-Forwarded-For`, `-Proto` and `-Host` say, the nearest proxy first.
    ///
    /// `Proto` and `Host` belong to the nearest proxy, unless they are lists as long as that of addresses. Without addresses
    /// there is one element, that of the nearest proxy.
    /// - Returns: nil if none of the fields is there that are asked for.
    static func xForwarded(
        _ headers: HTTPFields,
        _ parts: Set<TrustedProxies.Part>
    )
        -> [ForwardedElement]?
    {
        func list(_ part: TrustedProxies.Part, _ name: String) -> [Substring]? {
            guard parts.contains(part), let field = headers.value(name) else { return nil }
            // These lists know no quotes: one that a visitor opens must not swallow what the proxy adds.
            let elements = field.pieces(on: UInt8(ascii: ",")).map { $0.trimmingSpaces() }.filter {
                !$0.isEmpty
            }
            return elements.suffix(maximumCount).reversed()
        }
        let addresses = list(.for, "x-forwarded-for")
        let schemes = list(.proto, "x-forwarded-proto") ?? []
        let hosts = list(.host, "x-forwarded-host") ?? []
        guard addresses != nil || !schemes.isEmpty || !hosts.isEmpty else { return nil }
        // A field without an address is one that can't be read.
        let count = max(addresses?.count ?? 0, 1)
        return (0..<count).map { index in
            func value(_ values: [Substring]) -> Substring? {
                index == 0 || values.count == addresses?.count ? values.dropFirst(index).first : nil
            }
            return ForwardedElement(
                address: addresses?.dropFirst(index).first.flatMap(ForwardedText.address),
                isSecure: value(schemes).flatMap(ForwardedText.isSecure),
                host: value(hosts).flatMap(ForwardedText.host)
            )
        }
    }

    /// What the field `Forwarded` says (RFC 7239), the nearest proxy first.
    ///
    /// - Returns: nil if the field isn't there.
    static func forwarded(
        _ headers: HTTPFields,
        _ parts: Set<TrustedProxies.Part>
    )
        -> [ForwardedElement]?
    {
        guard let text = headers.value("forwarded") else { return nil }
        var elements = ForwardedText.lastElements(text, maximumCount).map {
            ForwardedElement($0, parts)
        }
        if elements.isEmpty { elements = [ForwardedElement()] }
        return parts.contains(.for) ? elements : Array(elements.prefix(1))
    }

    private init(address: SocketAddress? = nil, isSecure: Bool? = nil, host: String? = nil) {
        self.address = address
        self.isSecure = isSecure
        self.host = host
    }

    /// Reads `for=…;proto=…`; an element that isn't well formed, or has a parameter twice, says nothing.
    private init(_ element: Substring?, _ parts: Set<TrustedProxies.Part>) {
        self.init()
        guard let element else { return }
        var values: [ByteText: String] = [:]
        for pair in element.listElements(separator: UInt8(ascii: ";")) {
            guard let (name, value) = pair.parted(at: UInt8(ascii: "=")) else { return }
            let key = ByteText(lowercasingASCII: name.trimmingSpaces())
            guard values.updateValue(value.trimmingSpaces().unquoted(), forKey: key) == nil else {
                return
            }
        }
        func value(_ part: TrustedProxies.Part, _ name: ByteText) -> Substring? {
            parts.contains(part) ? values[name].map { $0[...] } : nil
        }
        address = value(.for, "for").flatMap(ForwardedText.address)
        isSecure = value(.proto, "proto").flatMap(ForwardedText.isSecure)
        host = value(.host, "host").flatMap(ForwardedText.host)
    }
}

extension HTTPFields {
    /// All values of a field that HTTPTypes has no constant for, joined by commas; the name is in lower case.
    func value(_ canonicalName: String) -> String? {
        let values = lazy.filter { $0.name.canonicalName == canonicalName }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}
