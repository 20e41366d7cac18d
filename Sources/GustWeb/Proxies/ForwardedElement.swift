import GustHTTP
import HTTPTypes
import NIOCore

/// The information of one proxy about the request that it received: the peer's address, the host, and whether it used
/// TLS.
struct ForwardedElement: Sendable {
    /// The most elements that are read, counted from the end.
    static let maximumCount = 32

    /// The address of the proxy's peer; nil if it is absent, obfuscated or invalid.
    var address: SocketAddress?
    /// Whether the request came over TLS; nil if that is absent.
    var isSecure: Bool?
    /// The requested host; nil if that is absent.
    var host: String?

    /// The elements of the fields `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`, the nearest proxy
    /// first.
    ///
    /// The values of `Proto` and `Host` belong to the nearest proxy, unless these fields have as many values as there
    /// are addresses. Without addresses, the result is one element, for the nearest proxy.
    /// - Returns: nil if the request has none of the fields in `parts`.
    static func xForwarded(
        _ headers: HTTPFields,
        _ parts: Set<TrustedProxies.Part>
    )
        -> [ForwardedElement]?
    {
        func list(_ part: TrustedProxies.Part, _ name: String) -> [Substring]? {
            guard parts.contains(part), let field = headers.joinedValues(of: name) else { return nil }
            // These lists have no quoted strings: a quote that a client sends must not include the value that the proxy
            // appends.
            let elements = field.pieces(on: UInt8(ascii: ",")).map { $0.trimmingSpaces() }.filter {
                !$0.isEmpty
            }
            return elements.suffix(maximumCount).reversed()
        }
        let addresses = list(.for, "x-forwarded-for")
        let schemes = list(.proto, "x-forwarded-proto") ?? []
        let hosts = list(.host, "x-forwarded-host") ?? []
        guard addresses != nil || !schemes.isEmpty || !hosts.isEmpty else { return nil }
        // A field without any value counts as one invalid address.
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

    /// The elements of the field `Forwarded` (RFC 7239), the nearest proxy first.
    ///
    /// - Returns: nil if the request doesn't have the field.
    static func forwarded(
        _ headers: HTTPFields,
        _ parts: Set<TrustedProxies.Part>
    )
        -> [ForwardedElement]?
    {
        guard let text = headers.joinedValues(of: "forwarded") else { return nil }
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

    /// Parses `for=…;proto=…`; all values are nil if the element is malformed or has a parameter twice.
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
